# SPDX-License-Identifier: ISC
"""haspctl nginx-check: one small configuration for each trap, in
nginx-check/. `# finds: id ...` at the end of a line says what must be found
there; nothing else may be found in the file. @HASP@ stands for the folder of
the shipped files."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import nginx_server
from haspctl_run import PROGRAM, SOURCE, clean_environment, haspctl

FIXTURES = sorted((pathlib.Path(__file__).parent / "nginx-check")
                  .glob("*.conf"))
FINDING = re.compile(r'^F\((\w+), (\w+), "([a-z-]+)"', re.M)
MARK = re.compile(r"# finds: ([a-z -]+)$")

# Told about nginx itself, not about a configuration.
WITHOUT_FIXTURE = {"module-missing"}


def findings():
    """id -> severity, from the table that the program is made of."""
    text = (SOURCE / "fcgi-apps/haspctl/nginx_finding.def").read_text()
    return {name: severity.lower()
            for _, severity, name in FINDING.findall(text)}


def marks(text):
    """What the comments of a fixture promise: (line, id)."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = MARK.search(line)
        if match:
            found += [(number, name) for name in match.group(1).split()]
    return sorted(found)


@pytest.fixture(name="configs", scope="module")
def make_configs(folder):
    """The fixtures as files with the shipped files beside them."""
    nginx_server.install(folder / "hasp", "/run/hasp/auth-check.sock")
    (folder / "logs").mkdir()
    made = {}
    for path in FIXTURES:
        made[path.stem] = folder / path.name
        made[path.stem].write_text(
            path.read_text().replace("@HASP@", str(folder / "hasp")))
    return made


def check(*words, **more):
    """(status, [(file, line, id)], rows) of nginx-check --json."""
    done = haspctl("nginx-check", "--json", *words, **more)
    rows = json.loads(done.stdout) if done.stdout else []
    return done, rows


@pytest.mark.parametrize("name", [path.stem for path in FIXTURES])
def test_finds_what_the_comments_say_and_nothing_else(configs, name):
    text = configs[name].read_text()
    done, rows = check(configs[name])
    found = sorted((row["line"], row["id"]) for row in rows)
    assert found == marks(text), done.stdout
    assert {row["file"] for row in rows} <= {str(configs[name])}
    severities = {row["severity"] for row in rows}
    assert done.returncode == (1 if "error" in severities else 0)
    for row in rows:
        assert row["severity"] == findings()[row["id"]]


def test_every_finding_has_a_fixture():
    found = {name for path in FIXTURES
             for _, name in marks(path.read_text())}
    assert found | WITHOUT_FIXTURE == set(findings())
    assert not found & WITHOUT_FIXTURE


@pytest.mark.parametrize("name", [path.stem for path in FIXTURES])
def test_nginx_takes_the_fixture(needs_nginx, configs, name):
    """A trap is one because nginx says nothing about it."""
    done = subprocess.run(
        [nginx_server.find(), "-t", "-e", "stderr", "-p",
         str(configs[name].parent), "-c", str(configs[name]), "-g",
         f"pid {configs[name].parent}/{name}.pid;"],
        capture_output=True, encoding="utf-8", check=False)
    if os.geteuid() != 0 and "/var/log/nginx/" in done.stderr:
        pytest.skip("nginx opens its own log, which only root may write")
    assert done.returncode == 0, done.stderr


def test_a_dump_of_nginx_gives_the_same_as_its_files(needs_nginx, configs):
    for name in ("clean", "clean-site", "identity-missing", "log-misplaced-key"):
        dump = subprocess.run(
            [nginx_server.find(), "-T", "-e", "stderr", "-p",
             str(configs[name].parent), "-c", str(configs[name]), "-g",
             f"pid {configs[name].parent}/{name}.pid;"],
            capture_output=True, encoding="utf-8", check=True).stdout
        from_dump, rows = check("-", stdin=dump)
        from_file, rows_of_file = check(configs[name])
        assert rows == rows_of_file
        assert from_dump.returncode == from_file.returncode


def test_lines_are_for_people_and_editors(configs):
    done = haspctl("nginx-check", configs["satisfy-any"])
    assert re.fullmatch(
        rf"{configs['satisfy-any']}:16: error: location /nested/: "
        r"`satisfy any` .* \[satisfy-any\]\n", done.stdout)
    assert done.stderr == "1 error(s), 0 warning(s), 0 note(s)\n"
    assert "\033" not in done.stdout
    quiet = haspctl("nginx-check", "-q", configs["satisfy-any"])
    assert (quiet.stdout, quiet.stderr) == ("satisfy-any\n", "")
    clean = haspctl("nginx-check", configs["clean"])
    assert (clean.returncode, clean.stdout) == (0, "")


def test_errors_come_first(configs):
    _, rows = check(configs["clear-missing"])
    order = [row["severity"] for row in rows]
    assert order == sorted(order, key=["error", "warning", "note"].index)
    assert len(set(order)) == 3


def test_how_long_nginx_may_wait_stands_in_the_configuration(configs, folder):
    conf = folder / "answer.conf"
    for answer, shipped in ((2000, 0), (1999, 1), (3000, 0)):
        conf.write_text(f"[auth-check]\nanswer_timeout = {answer}\n")
        done, rows = check("--config", conf, configs["clean"])
        found = {row["id"] for row in rows}
        assert (done.returncode, found) == \
            (shipped, {"check-patient"} if shipped else set())
    done, rows = check("--config", conf, configs["check-patient"])
    text = configs["check-patient"].read_text().splitlines()
    assert sorted(text[row["line"] - 1].split()[1] for row in rows) == \
        ["1m;", "="]
    conf.write_text("[auth-check]\nanswer_timeout = soon\n")
    done, rows = check("--config", conf, configs["clean"])
    assert (done.returncode, rows) == (78, [])
    assert f"{conf}:2" in done.stderr


def test_includes_are_relative_to_the_main_file(folder):
    place = folder / "includes"
    (place / "sites").mkdir(parents=True)
    (place / "nginx.conf").write_text(
        "events { }\nhttp { access_log off;\n\tinclude sites/*.conf;\n}\n")
    (place / "sites/b.conf").write_text("server { include one.inc; }\n")
    (place / "sites/a.conf").write_text(
        "server { listen 127.0.0.1:1; location / { }\n"
        "location /x { auth_request /_hasp/check; } }\n")
    (place / "one.inc").write_text("listen 127.0.0.1:2;\n")
    done, rows = check(place / "nginx.conf", cwd="/")
    assert done.returncode == 1
    assert ("check-missing", str(place / "sites/a.conf"), 2) in [
        (row["id"], row["file"], row["line"]) for row in rows]
    (place / "one.inc").unlink()
    done = haspctl("nginx-check", place / "nginx.conf")
    assert done.returncode == 78
    assert f"{place}/sites/b.conf:1: there is no file one.inc" in done.stderr


UNREADABLE = [
    ("http {", ":1: no } at the end of http"),
    ("http { } }", ":1: unexpected }"),
    ("http {\n\tserver {\n\t\tlisten 80\n\t}\n}", ":3: no ; behind listen"),
    ('add_header A "b', ":1: a quote does not end"),
    ('add_header A "b"c;', ":1: a quote does not end"),
    (";", ":1: unexpected ;"),
    ("listen 80", ":1: no ; behind listen"),
    ("include /nowhere/at/all.conf;", ":1: there is no file"),
    ("x {" * 60 + "}" * 60, ":1: too many blocks"),
    ("a " * 3000 + ";", ":1: too many words"),
]


@pytest.mark.parametrize("text,said", UNREADABLE)
def test_what_nginx_would_not_take_is_78(text, said):
    done = haspctl("nginx-check", "-", stdin=text)
    assert done.returncode == 78
    assert done.stdout == ""
    assert "stdin" + said in done.stderr


def test_an_include_of_itself_ends(folder):
    loop = folder / "loop.conf"
    loop.write_text(f"include {loop};\n")
    done = haspctl("nginx-check", loop)
    assert done.returncode == 78
    assert "too many includes" in done.stderr


def test_other_unreadable_files_are_78(folder):
    for path in ("/nowhere/nginx.conf", folder):
        done = haspctl("nginx-check", path)
        assert (done.returncode, done.stdout) == (78, "")
        assert str(path) in done.stderr
    big = folder / "big.conf"
    with open(big, "wb") as file:
        file.truncate(9 * 1024 * 1024)
    done = haspctl("nginx-check", big)
    assert done.returncode == 78 and "larger than" in done.stderr


def test_a_terminal_never_sees_control_bytes():
    text = 'http { server { location "/a\033]0;x\007" { ' \
        "auth_request /_hasp/check; } } }"
    done = haspctl("nginx-check", "-", stdin=text)
    assert "\033" not in done.stdout + done.stderr
    assert "\\x1b]0;x\\x07" in done.stdout


def put_nginx(folder, script):
    """A folder whose `nginx` is SCRIPT, for PATH."""
    place = folder / f"bin{len(list(folder.iterdir()))}"
    place.mkdir()
    (place / "nginx").write_text("#!/bin/sh\n" + script)
    (place / "nginx").chmod(0o755)
    return clean_environment(PATH=f"{place}:/usr/bin:/bin")


def test_without_a_file_it_asks_nginx(needs_nginx, configs, folder):
    path = configs["satisfy-any"]
    env = put_nginx(folder, f"exec {nginx_server.find()} -e stderr "
                    f"-p {path.parent} -c {path} "
                    f"-g 'pid {path.parent}/x.pid;' \"$@\"\n")
    done, rows = check(env=env)
    assert done.returncode == 1
    assert [(row["file"], row["line"], row["id"]) for row in rows] == \
        [(str(path), 16, "satisfy-any")]


def test_an_nginx_without_auth_request_is_told(configs, folder):
    path = configs["clean"]
    env = put_nginx(folder, 'case $1 in\n-V) echo "configure arguments: '
                    f'--with-threads" >&2 ;;\n-T) cat {path} ;;\nesac\n')
    done = haspctl("nginx-check", env=env)
    assert done.returncode == 1
    assert done.stdout.startswith("nginx: error: this nginx was built ")


def test_an_nginx_that_refuses_its_configuration_is_78(folder):
    env = put_nginx(folder, 'test "$1" = -V && exit 0\n'
                    'echo "nginx: [emerg] odd" >&2\nexit 1\n')
    done = haspctl("nginx-check", env=env)
    assert done.returncode == 78
    assert "[emerg] odd" in done.stderr


def test_no_nginx_at_all_is_78():
    done = haspctl("nginx-check", env=clean_environment(PATH="/nowhere"))
    assert done.returncode == 78
    assert "not in PATH" in done.stderr


def test_debian_configuration(needs_nginx):
    """What apt installs is understood whole."""
    path = pathlib.Path("/etc/nginx/nginx.conf")
    if not path.exists() or shutil.which("nginx") is None:
        pytest.skip("no /etc/nginx/nginx.conf")
    done, rows = check(path)
    assert done.returncode in (0, 1), done.stderr
    assert isinstance(rows, list)


def test_thousands_of_servers(folder):
    """A configuration of a big host takes no unreasonable memory."""
    big = folder / "many.conf"
    server = "server { listen 127.0.0.1:80; server_name s%d.example;\n" \
        "location / { auth_request /_hasp/check; satisfy any; } }\n"
    big.write_text("http { access_log off;\n" +
                   "".join(server % i for i in range(2000)) + "}\n")
    done, rows = check(big)
    assert done.returncode == 1
    assert sum(row["id"] == "satisfy-any" for row in rows) == 2000


def test_the_program_is_the_build(configs):
    """Guards the guard: what is tested is what was built."""
    assert PROGRAM.exists() and os.access(PROGRAM, os.X_OK)
    assert configs
