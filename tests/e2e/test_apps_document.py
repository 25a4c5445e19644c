# SPDX-License-Identifier: ISC
"""docs/apps.md: the commands in it do what it says, in the order in which they
stand there."""

import json
import os
import pathlib
import re
import subprocess

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/apps.md"


def answers(text):
    """The JSON texts that stand one after another in TEXT."""
    decoder, found = json.JSONDecoder(), []
    while text.strip():
        value, end = decoder.raw_decode(text.strip())
        found.append(value)
        text = text.strip()[end:]
    return found


def test_its_commands(stack, tmp_path):
    blocks = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text("ascii"), re.S)
    assert len(blocks) == 6
    (tmp_path / "key.curl").write_text(
        'header = "Authorization: Bearer %s"\n' % stack.keys["admin"])
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", "".join(blocks)],
        cwd=tmp_path, check=True, text=True, stdout=subprocess.PIPE, env={
            **os.environ, "ACCOUNT": stack.account,
            "SITE": f"https://localhost:{stack.nginx.tls_port}",
            "CURL_CA_BUNDLE": str(stack.nginx.root / "tls.pem")})
    asked, granted, who, works, ended, over, revoked, refused = answers(
        done.stdout)
    assert asked["app"]["name"] == "Importer" and asked["role"] == "write"
    assert granted["connection"]["role"] == "read"
    assert who["app"] == granted["guid"] == works["client_id"]
    assert works["active"] is True and works["scope"] == "read"
    assert ended == {} and over == {"active": False}
    assert revoked["confirmed"] is True
    assert revoked["revoked_why"] == "no longer needed"
    assert refused["error"] == "invalid_grant"
    assert refused["error_uri"].endswith("#connection_ended")
    # What the document shows of it.
    assert refused["error_description"] in DOCUMENT.read_text("ascii")
    assert os.stat(tmp_path / "client.curl").st_mode & 0o077 == 0
