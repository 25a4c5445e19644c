# SPDX-License-Identifier: ISC
"""An app from its making to its end through nginx, the shipped files, the real
programs and the database: what the site is told, what is counted, what the log
says."""

import base64
import json
import time
import urllib.parse
import uuid

import pytest

import openapi
from wire import ask, bearer

TOKEN = "/oauth/token"


class App:
    """One of the operator's, as its publisher has it."""

    def __init__(self, stack):
        self.stack = stack
        self.guid, self.secret = stack.ctl(
            "--quiet", "app", "create", "--name", "Through nginx",
            "--publisher", "A publisher").split()

    def ask(self, path, secret=None, **form):
        """With its GUID and secret as Basic, as RFC 6749 has it."""
        words = base64.b64encode(
            f"{self.guid}:{secret or self.secret}".encode()).decode()
        return ask(self.stack.nginx.port, "POST", openapi.BASE + path, {
            "Authorization": "Basic " + words,
            "Content-Type": "application/x-www-form-urlencoded"},
            urllib.parse.urlencode(form).encode())

    def connect(self, role="write"):
        code = self.ask("/connect-codes", account=self.stack.account,
                        role=role)
        assert code.status == 201, code.body
        reply = admin(self.stack, "POST", f"/apps/{self.guid}/connection",
                      {"code": code.json()["code"]})
        assert reply.status == 201, reply.body
        return reply.json()

    def fetch(self):
        reply = self.ask(TOKEN, grant_type="client_credentials")
        assert reply.status == 200, reply.body
        assert reply.one("Cache-Control") == "no-store"
        assert reply.one("Pragma") == "no-cache"
        return reply.json()["access_token"]


def admin(stack, method, path, body=None, headers=()):
    sent = {**bearer(stack.keys["admin"]), **dict(headers)}
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    reply = ask(stack.nginx.port, method, openapi.BASE + path, sent, data)
    openapi.check(method, openapi.BASE + path, reply)
    return reply


def site(stack, token, path="/", method="GET", headers=()):
    return ask(stack.nginx.port, method, path,
               {**bearer(token), **dict(headers)})


def told(reply):
    """The identity that the site got, by header."""
    return {name.lower(): value for name, value in find(
        reply.json(), "x-hasp-")}


def find(value, prefix):
    """Pairs of an object, however deep, whose name begins so."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.lower().startswith(prefix) and isinstance(inner, str):
                yield name, inner
            yield from find(inner, prefix)
    elif isinstance(value, list):
        for inner in value:
            yield from find(inner, prefix)


@pytest.fixture(name="app")
def make_app(stack):
    return App(stack)


def until(holds, seconds=30):
    """What HOLDS gives, once it is true: uses arrive within about a second."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def test_the_site_is_told_which_app_it_is(stack, app):
    app.connect("write")
    token = app.fetch()
    reply = site(stack, token, headers={"X-Hasp-App": str(uuid.uuid4())})
    assert reply.status == 200
    identity = told(reply)
    assert identity["x-hasp-app"] == app.guid
    assert identity["x-hasp-account"] == stack.account
    assert identity["x-hasp-role"] == "write"
    assert token not in reply.body.decode()
    # A key of the account's is no app's, whatever its client says.
    reply = site(stack, stack.keys["read"],
                 headers={"X-Hasp-App": app.guid})
    assert reply.status == 200 and "x-hasp-app" not in told(reply)
    who = ask(stack.nginx.port, "GET", openapi.BASE + "/whoami",
              bearer(token)).json()
    assert (who["kind"], who["app"], str(who["account"])) == (
        "app_token", app.guid, stack.account)
    # Basic with the account's id, too, and no more than its role.
    words = base64.b64encode(f"{stack.account}:{token}".encode()).decode()
    basic = {"Authorization": "Basic " + words}
    assert ask(stack.nginx.port, "GET", "/", basic).status == 200
    assert site(stack, token, "/admin/").status == 403


def test_a_token_manages_nothing(stack, app):
    app.connect("admin")
    token = app.fetch()
    assert site(stack, token, "/admin/").status == 200
    for method, path in (
            ("GET", "/keys"), ("POST", "/keys"),
            ("GET", "/apps"),
            ("DELETE", f"/apps/{app.guid}/connection"),
            ("POST", f"/apps/{app.guid}/tokens"), ("GET", "/audit-events"),
            ("GET", "/usage"), ("POST", "/published-apps"),
            ("POST", "/connect-codes/inspection")):
        reply = ask(stack.nginx.port, method, openapi.BASE + path,
                    bearer(token), None if method == "GET" else b"{}")
        assert (reply.status, reply.json()["code"]) == (
            403, "app_token_refused"), path
        openapi.check(method, openapi.BASE + path, reply)
    assert site(stack, token).status == 200


def counted(stack, **query):
    """(allowed, refused) of a day that is not over, and the one before."""
    query["bucket"] = "day"
    buckets = admin(stack, "GET", "/usage?" + urllib.parse.urlencode(
        query)).json()["buckets"]
    return (sum(b["allowed"] for b in buckets),
            sum(b["refused"] for b in buckets))


def test_uses_count_for_the_app(stack, app):
    other = App(stack)
    app.connect("read")
    other.connect("read")
    token, second, strange = app.fetch(), app.fetch(), other.fetch()
    for text, method in ((token, "GET"), (token, "GET"), (second, "GET"),
                         (second, "POST"), (strange, "GET")):
        site(stack, text, method=method)
    until(lambda: sum(counted(stack, app=app.guid)) == 4)
    assert counted(stack, app=app.guid) == (3, 1)
    until(lambda: counted(stack, app=other.guid) == (1, 0))
    assert counted(stack, app=str(uuid.uuid4())) == (0, 0)
    row = until(lambda: (lambda c: c["last_used_at"] and c)(admin(
        stack, "GET", f"/apps/{app.guid}").json()["connection"]))
    assert row["last_used_from"] == "127.0.0.1"
    page = admin(stack, "GET", f"/audit-events?kind=use&app={app.guid}")
    uses = page.json()["events"]
    assert {use["app"] for use in uses} == {app.guid} and len(uses) == 4
    assert sorted(use["decision"] for use in uses) == ["allowed"] * 3 + [
        "refused"]
    # By actor, too; and a copy has the same.
    for query in (f"actor=app:{app.guid}", f"app={app.guid}"):
        reply = ask(stack.nginx.port, "GET", openapi.BASE +
                    f"/audit-events?kind=use&format=jsonl&{query}",
                    bearer(stack.keys["admin"]))
        assert [json.loads(line)["id"] for line in
                reply.body.decode().splitlines()] == [u["id"] for u in uses]


def test_the_log_tells_of_an_app(stack, app):
    app.connect("write")
    first = app.fetch()
    assert app.ask("/oauth/revoke", token=first).status == 200
    assert site(stack, first).status == 401
    assert admin(stack, "DELETE", f"/apps/{app.guid}/connection?why=over"
                 ).json()["confirmed"] is True
    rows = admin(stack, "GET", f"/audit-events?kind=event&app={app.guid}"
                 ).json()["events"]
    assert [row["event"] for row in rows] == [
        "connection_revoked", "token_revoked", "token_created",
        "connection_granted"]
    assert {row["detail"]["app"] for row in rows} == {app.guid}
    publisher = "app:" + app.guid
    assert [row["actor"] == publisher for row in rows] == [
        False, True, True, False]
    mine = admin(stack, "GET", f"/audit-events?kind=event&actor={publisher}"
                 ).json()["events"]
    assert [row["event"] for row in mine] == ["token_revoked",
                                              "token_created"]
    one = admin(stack, "GET", "/audit-events/" + rows[0]["id"]).json()
    assert "all its tokens stopped" in one["explanation"]
    # Pages go on where they were.
    path, seen = f"/audit-events?app={app.guid}&kind=event&limit=1", []
    while path:
        page = admin(stack, "GET", path).json()
        seen += [row["id"] for row in page["events"]]
        path = page["has_more"] and \
            f"/audit-events?app={app.guid}&kind=event&limit=1" \
            f"&cursor={page['next_cursor']}"
    assert seen == [row["id"] for row in rows]


@pytest.mark.parametrize("how", ["account", "operator", "removed"])
def test_no_token_opens_the_site_once_it_is_over(stack, app, how):
    number = app.connect("write")["connection"]["id"]
    tokens = [app.fetch() for _ in range(3)]
    assert [site(stack, text).status for text in tokens] == [200] * 3
    if how == "account":
        admin(stack, "DELETE", f"/apps/{app.guid}/connection")
    elif how == "operator":
        stack.ctl("connection", "revoke", str(number), "--yes")
    else:
        stack.ctl("app", "remove", app.guid, "--yes")
    assert [site(stack, text).status for text in tokens] == [401] * 3
    reply = app.ask(TOKEN, grant_type="client_credentials")
    assert reply.status == (401 if how == "removed" else 400)
    assert reply.json()["error"] == (
        "invalid_client" if how == "removed" else "invalid_grant")
    assert reply.one("Cache-Control") == "no-store"
    if how == "removed":
        assert reply.one("WWW-Authenticate").startswith("Basic ")


def test_logs_hold_no_secrets(stack, app):
    app.connect("read")
    token = app.fetch()
    site(stack, token)
    app.ask("/oauth/introspect", token=token)
    app.ask(TOKEN, secret=app.secret[:-1] + "x",
            grant_type="client_credentials")
    logs = stack.nginx.accesses() + stack.nginx.errors() + "".join(
        stack.log(name) for name in ("auth-check", "keys", "apps", "audit"))
    for secret in (app.secret, token):
        assert secret not in logs and secret[-38:] not in logs
