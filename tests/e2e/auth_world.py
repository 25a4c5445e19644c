# SPDX-License-Identifier: ISC
"""auth_world: a database and auth-check over it, spoken to over FastCGI, and
every way in which people get a credential wrong."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import keys
import openapi
from cluster import Cluster
from fcgi_raw import BUILD, Program

AUTH_CHECK = BUILD / "fcgi-apps" / "auth-check" / "auth-check"
HASPCTL = BUILD / "fcgi-apps" / "haspctl" / "haspctl"


class World:
    """A cluster, a database and auth-check over it."""

    def __init__(self, **options):
        """OPTIONS: of auth-check's section, beside conninfo."""
        self.settings = options
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hasp-ac.",
                                                    dir="/tmp"))
        os.chmod(self.folder, 0o755)
        self.cluster = Cluster(self.folder / "pg")
        self.program = None
        self.account = 0
        self.other = 0

    def start(self):
        self.cluster.start()
        self.cluster.createdb("hasp")
        info = self.cluster.conninfo("hasp")
        for words in (["db", "init", "--passfile-dir",
                       str(self.folder / "pass")], ["db", "migrate"]):
            subprocess.run([HASPCTL, "--database", info, *words], check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.account = self.make_account()
        self.other = self.make_account()
        login = self.cluster.conninfo(
            "hasp", user="hasp_auth",
            passfile=self.folder / "pass" / "hasp_auth.pgpass")
        self.program = Program(self.folder, AUTH_CHECK, {
            "conninfo": "\n ".join(login.split(" ")),
            "metrics_listen": str(self.folder / "metrics.sock"),
            **self.settings})
        self.program.start()
        return self

    def stop(self):
        status = 0
        if self.program is not None:
            status, _ = self.program.stop()
        log = self.program.log.read_text() if status else ""
        self.cluster.remove()
        shutil.rmtree(self.folder, ignore_errors=True)
        # A sanitizer that has something to say speaks through the status.
        assert status == 0, log

    def sql(self, text):
        return self.cluster.psql("hasp", text)

    def change(self, text):
        """Changes something by hand; when it returns it counts."""
        return self.cluster.change("hasp", text)

    def make_account(self, **columns):
        row = {"name": "'an account'", "plan": "'standard'",
               "region": "'main'", **columns}
        return int(self.sql(
            "INSERT INTO hasp.account (%s) VALUES (%s) RETURNING id"
            % (", ".join(row), ", ".join(row.values()))))

    def key(self, account=None, **more):
        return keys.Key(self.cluster, "hasp", account or self.account, **more)

    def ask(self, authorization=None, role=1, timeout=10, **changes):
        """One check. A change of None takes the parameter away."""
        pairs = {"HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
                 "REQUEST_METHOD": "GET", "REQUEST_URI": "/a?b=c",
                 "DOCUMENT_URI": "/a", "REMOTE_ADDR": "192.0.2.7",
                 "REQUEST_ID": "0123abc"}
        if authorization is not None:
            pairs["HTTP_AUTHORIZATION"] = authorization
        pairs.update(changes)
        pairs = {n: v for n, v in pairs.items() if v is not None}
        with self.program.client(timeout=timeout) as client:
            return client.ask(pairs, role=role)


def bearer(key):
    return "Bearer " + key.text


def basic(user, password):
    return "Basic " + base64.b64encode(
        ("%s:%s" % (user, password)).encode()).decode()


def header(answer, name):
    found = [v for n, v in answer.headers if n.lower() == name.lower()]
    assert len(found) <= 1, found
    return found[0] if found else None


def code(answer):
    """The code of a refusal that is sent as a body, which must be whole."""
    problem = json.loads(answer.body)
    assert header(answer, "Content-Type") == "application/problem+json"
    assert header(answer, "Cache-Control") == "no-store"
    assert problem["status"] == answer.status
    assert problem["type"].endswith("#" + problem["code"])
    assert problem["title"] and problem["detail"]
    return problem["code"]


def api(world, path, authorization=None, method="GET", **changes):
    got = world.ask(authorization, HASP_ACTION=None, HASP_ENVIRONMENT=None,
                    REQUEST_METHOD=method, DOCUMENT_URI=path,
                    REQUEST_URI=path, **changes)
    if path.startswith(openapi.BASE):
        openapi.check(method, path, got)
    return got


def malformed(key):
    """Authorization values (or changes of parameters) and their codes."""
    return [
        (None, "credential_missing"),
        ({"HTTP_X_API_KEY": key}, "key_in_other_header"),
        ({"REQUEST_URI": "/?key=" + key}, "key_in_query"),
        ("", "authorization_empty"),
        ("Bearer %s, Bearer %s" % (key, key), "two_credentials"),
        ("Bearer " + "x" * 600, "header_too_long"),
        ("Bearer \x01" + key, "header_control_byte"),
        ("Bearer \u201c" + key, "header_not_ascii"),
        (key, "scheme_missing"),
        ("Token " + key, "scheme_unknown"),
        ("Bearer: " + key, "scheme_punctuated"),
        ("Bearer Bearer " + key, "scheme_doubled"),
        ("Bearer", "bearer_empty"),
        ("Bearer %s x" % key, "bearer_spaces"),
        ("Bearer 12345:" + key, "bearer_with_account"),
        (basic(12345, key).replace("Basic", "Bearer"), "bearer_is_basic"),
        ("Basic", "basic_empty"),
        ("Basic 12345:" + key, "basic_not_encoded"),
        ("Basic M!", "basic_bad_base64"),
        ("Basic MTIzNDU-Pz8_", "basic_url_base64"),
        ("Basic MTIzNDU", "basic_bad_padding"),
        ("Basic " + base64.b64encode(basic(12345, key)[6:].encode())
         .decode(), "basic_encoded_twice"),
        ("Basic MTIzNDU2", "basic_no_colon"),
        (basic(12345, key + "\n"), "basic_control_byte"),
        ("Basic " + base64.b64encode(key.encode()).decode(),
         "key_without_account"),
        (basic(key, ""), "key_in_username"),
        (basic(key, 12345), "fields_swapped"),
        (basic(key, key), "key_in_both_fields"),
        (basic(key, "x"), "key_in_username_only"),
        (basic(12345, ""), "password_blank"),
        (basic("", key), "username_blank"),
        (basic("", ""), "both_fields_blank"),
        (basic("me@site.example", key), "username_is_email"),
        (basic("acme", key), "username_not_numeric"),
        (basic("012345", key), "account_out_of_range"),
        (basic(12345, "Bearer " + key), "scheme_in_password"),
        ("Bearer $API_KEY", "key_placeholder"),
        ("Bearer %s...%s" % (key[:10], key[-4:]), "key_masked"),
        ('Bearer "%s"' % key, "key_quoted"),
        (basic(12345, key + " "), "key_spaces"),
        ("Bearer %s%%0A" % key, "key_percent_encoded"),
        ("Bearer " + key.upper(), "key_case_changed"),
        ("Bearer sk" + key[4:], "key_foreign"),
        ("Bearer " + key.replace("live", "prod"), "key_unknown_environment"),
        ("Bearer " + key[:-1], "key_truncated"),
        ("Bearer " + key + "0", "key_overlong"),
        ("Bearer %s-%s" % (key[:20], key[21:]), "key_bad_character"),
        ("Bearer " + mistyped(key), "key_mistyped"),
    ]


def mistyped(key):
    return key[:20] + ("a" if key[20] != "a" else "b") + key[21:]


def ask_row(world, given, **more):
    if isinstance(given, dict):
        return world.ask(None, **given, **more)
    if given is None:
        return world.ask(None, **more)
    return world.ask(None, HTTP_AUTHORIZATION=given.encode(), **more)
