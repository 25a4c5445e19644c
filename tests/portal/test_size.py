# SPDX-License-Identifier: ISC
"""What the portal weighs, and that its build is what the lock file says."""

import gzip
import json
import subprocess

from portal_world import HERE, PORTAL

# Everything together, compressed as nginx does.
MOST = 60 * 1024


def test_it_is_small(portal):
    sizes = {str(path.relative_to(portal)):
             len(gzip.compress(path.read_bytes(), 9))
             for path in portal.rglob("*") if path.is_file()}
    assert {"index.html", "favicon.svg", "licences.txt"} < set(sizes)
    assert sum(sizes.values()) <= MOST, sizes


def test_it_begins_with_one_script_and_one_style_sheet(portal):
    page = (portal / "index.html").read_text()
    assets = {path.name for path in (portal / "assets").iterdir()}
    script, = [name for name in assets if f'src="assets/{name}"' in page]
    style, = [name for name in assets if f'href="assets/{name}"' in page]
    assert script.endswith(".js") and style.endswith(".css")
    assert "<style" not in page and "style=" not in page
    assert page.count("<script") == 1


def test_a_build_is_the_same_each_time(portal, tmp_path):
    subprocess.run(["node", "build.mjs", tmp_path / "again"], cwd=PORTAL,
                   check=True)
    files = [p.relative_to(portal) for p in portal.rglob("*") if p.is_file()]
    for name in files:
        assert (tmp_path / "again" / name).read_bytes() == (
            portal / name).read_bytes(), name


def test_lock_files_name_versions_and_no_registry():
    for folder in PORTAL, HERE:
        text = (folder / "package-lock.json").read_text()
        assert "://" not in text
        wanted = json.loads((folder / "package.json").read_text())
        packages = json.loads(text)["packages"]
        for kind in "dependencies", "devDependencies":
            for name, version in wanted.get(kind, {}).items():
                found = packages[f"node_modules/{name}"]
                assert found["version"] == version
        assert all(made["integrity"].startswith("sha512-")
                   for name, made in packages.items() if name)
