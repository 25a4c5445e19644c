# SPDX-License-Identifier: ISC
"""People and admin keys manage keys and read the log through nginx: the shipped
files, the real programs and the database, each group of endpoints once from end
to end."""

import json
import signal

import pytest

import openapi
from browser import Browser
from stack import EMAIL
from wire import ask, bearer


@pytest.fixture(name="person", scope="module")
def make_person(stack):
    made = Browser(stack.nginx.tls_port, stack.nginx.root / "tls.pem", EMAIL,
                   stack.password, stack.totp_secret)
    assert made.sign_in().status == 200
    return made


def call(stack, method, path, key="admin", body=None, headers=()):
    """With a key over HTTP, as a program does."""
    sent = {**bearer(stack.keys.get(key, key)), **dict(headers)}
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    reply = ask(stack.nginx.port, method, openapi.BASE + path, sent, data)
    openapi.check(method, openapi.BASE + path, reply)
    if reply.status < 300:
        openapi.check_request(method, openapi.BASE + path, data or b"",
                              sent.items())
    return reply


def opens(stack, text):
    """The status of the protected site with that key."""
    return ask(stack.nginx.port, "GET", "/", bearer(text)).status


def make(stack, **more):
    reply = call(stack, "POST", "/keys", body={"name": "n", "role": "read",
                                               **more})
    assert reply.status == 201, reply.body
    return reply


def refused(reply, status, code):
    assert (reply.status, reply.json()["code"]) == (status, code)
    assert reply.one("Content-Type") == "application/problem+json"
    return reply.json()


# -- programs with a key -----------------------------------------------------

def test_a_key_is_made_used_rotated_and_revoked(stack):
    reply = make(stack)
    key = reply.json()
    assert reply.one("Location") == f"/hasp/v1/keys/{key['id']}"
    assert key["environment"] == "live"
    assert opens(stack, key["secret"]) == 200
    rotated = call(stack, "POST", f"/keys/{key['id']}/rotation",
                   body={"overlap_seconds": 0})
    new = rotated.json()["secret"]
    assert rotated.json()["id"] == key["id"]
    assert rotated.one("ETag") != reply.one("ETag")
    assert [opens(stack, s) for s in (key["secret"], new)] == [401, 200]
    ended = call(stack, "DELETE", f"/keys/{key['id']}")
    assert (ended.status, ended.json()["confirmed"]) == (200, True)
    assert opens(stack, new) == 401
    refused(call(stack, "DELETE", f"/keys/{key['id']}"), 409,
            "already_revoked")


def test_it_is_changed_and_switched_off_and_on(stack):
    reply = make(stack)
    key = reply.json()
    path = f"/keys/{key['id']}"
    tag = reply.one("ETag")
    changed = call(stack, "PATCH", path, body={"name": "other"},
                   headers={"If-Match": tag})
    assert changed.json()["name"] == "other"
    refused(call(stack, "PATCH", path, body={"name": "third"},
                 headers={"If-Match": tag}), 412, "precondition_failed")
    assert call(stack, "GET", path).one("ETag") == changed.one("ETag")
    assert call(stack, "POST", path + "/disabled").status == 200
    assert opens(stack, key["secret"]) == 401
    assert call(stack, "DELETE", path + "/disabled").status == 200
    assert opens(stack, key["secret"]) == 200
    assert call(stack, "GET", path + "/usage").json()["key"] == key["id"]


def test_an_old_secret_is_ended(stack):
    key = make(stack).json()
    new = call(stack, "POST", f"/keys/{key['id']}/rotation").json()["secret"]
    assert [opens(stack, s) for s in (key["secret"], new)] == [200, 200]
    path = f"/keys/{key['id']}/secrets/1?force=true"
    assert call(stack, "DELETE", path).status == 200
    assert [opens(stack, s) for s in (key["secret"], new)] == [401, 200]


def test_a_list_comes_in_pages(stack):
    made = {make(stack).json()["id"] for _ in range(3)}
    path, seen = "/keys?limit=2", []
    while path:
        reply = call(stack, "GET", path)
        page = reply.json()
        seen += [key["id"] for key in page["keys"]]
        link = reply.one("Link")
        assert (link is not None) == page["has_more"]
        path = page["has_more"] and \
            f"/keys?limit=2&cursor={page['next_cursor']}"
        if path:
            assert link == f'<{openapi.BASE}{path}>; rel="next"'
    assert len(seen) == len(set(seen)) and made <= set(seen)


def test_a_repetition_shows_no_secret(stack):
    body, once = {"name": "once", "role": "read"}, {"Idempotency-Key": "e2e"}
    first = call(stack, "POST", "/keys", body=body, headers=once)
    again = call(stack, "POST", "/keys", body=body, headers=once)
    got = refused(again, 409, "secret_already_shown")
    assert got["key_id"] == first.json()["id"]
    assert first.json()["secret"] not in again.body.decode()


@pytest.mark.parametrize("key, status, code", [
    ("read", 403, "role_insufficient"), ("write", 403, "role_insufficient"),
    ("nonsense", 401, "key_foreign")])
def test_other_keys_may_not(stack, key, status, code):
    for method, path in (("GET", "/keys"), ("POST", "/keys"),
                         ("DELETE", "/keys/key_0000000000000000")):
        reply = call(stack, method, path, key)
        refused(reply, status, code)


def test_without_a_key(stack):
    reply = ask(stack.nginx.port, "GET", openapi.BASE + "/keys")
    openapi.check("GET", openapi.BASE + "/keys", reply)
    refused(reply, 401, "credential_missing")
    assert len(reply.all("WWW-Authenticate")) == 2


def test_bodies_that_are_refused(stack):
    for data, status, code in (
            (b"{", 400, "body_malformed"), (b"x" * 65537, 413,
                                            "body_too_large")):
        reply = ask(stack.nginx.port, "POST", openapi.BASE + "/keys", {
            **bearer(stack.keys["admin"]),
            "Content-Type": "application/json"}, data)
        openapi.check("POST", openapi.BASE + "/keys", reply)
        refused(reply, status, code)
    got = refused(call(stack, "POST", "/keys", body={
        "name": "", "role": "owner", "odd": 1}), 422, "invalid")
    assert {fault["pointer"] for fault in got["errors"]} == {
        "#/name", "#/role", "#/odd"}


def test_methods_and_heads(stack):
    reply = call(stack, "PUT", "/keys")
    refused(reply, 405, "method_not_allowed")
    assert reply.one("Allow") == "GET, HEAD, POST"
    reply = call(stack, "HEAD", "/keys")
    assert (reply.status, reply.body) == (200, b"")
    refused(call(stack, "GET", "/keys/key_0000000000000000"), 404,
            "not_found")
    refused(call(stack, "GET", "/keysodd"), 404, "not_found")


# -- people ------------------------------------------------------------------

def test_a_person_makes_a_key_with_a_proof(stack, person):
    body = {"name": "by a person", "role": "write"}
    refused(person.ask("POST", "/keys", body), 403, "proof_required")
    proof = person.prove()
    reply = person.ask("POST", "/keys", body, proof)
    assert reply.status == 201
    refused(person.ask("POST", "/keys", body, proof), 403, "proof_invalid")
    key = reply.json()
    assert opens(stack, key["secret"]) == 200
    assert person.ask("DELETE", f"/keys/{key['id']}").status == 200
    assert opens(stack, key["secret"]) == 401


def test_the_account_and_its_members(stack, person):
    account = person.ask("GET", "/account").json()
    assert str(account["id"]) == stack.account
    assert account["region"]["code"] == "main"
    reply = person.ask("POST", "/members", {"email": "new@demo.example"},
                       person.prove())
    assert reply.status == 201
    new = reply.json()
    assert reply.one("Location") == f"/hasp/v1/members/{new['id']}"
    other = Browser(person.port, stack.nginx.root / "tls.pem",
                    "new@demo.example", new["password"])
    assert other.sign_in().status == 200
    refused(other.ask("GET", "/keys"), 403, "admin_required")
    assert person.ask("PATCH", f"/members/{new['id']}",
                      {"may_administer": True}, person.prove()).status == 200
    assert other.ask("GET", "/keys").status == 200
    found = [m["email"] for m in person.ask(
        "GET", "/members").json()["members"]]
    assert found == [EMAIL, "new@demo.example"]
    assert person.ask("DELETE", f"/members/{new['id']}", None,
                      person.prove()).status == 200
    refused(other.ask("GET", "/keys"), 401, "session_ended")


def test_an_authenticator_is_set_up(stack, person):
    made = person.ask("POST", "/members", {"email": "totp@demo.example"},
                      person.prove()).json()
    other = Browser(person.port, stack.nginx.root / "tls.pem",
                    "totp@demo.example", made["password"])
    other.sign_in()
    offer = other.ask("POST", "/session/totp", None, other.prove())
    assert offer.status == 201
    assert offer.json()["qr_svg"].startswith("<svg")
    other = Browser(person.port, stack.nginx.root / "tls.pem", other.email,
                    other.password, offer.json()["secret"])
    assert other.sign_in(totp="000000").status == 200  # not in force yet
    reply = other.ask("POST", "/session/totp/confirmation",
                      {"totp": other.authenticator.next()})
    assert len(set(reply.json()["recovery_codes"])) == 10
    refused(other.ask("POST", "/session", {
        "email": other.email, "password": other.password}), 401,
        "totp_required")
    used = reply.json()["recovery_codes"][0]
    assert other.ask("POST", "/session", {
        "email": other.email, "password": other.password,
        "recovery_code": used}).status == 200


def test_cookies_alone_change_nothing(person):
    reply = person.ask("POST", "/session/reauthentication",
                       {"password": person.password}, X_CSRF_Token="0" * 64)
    refused(reply, 403, "csrf_failed")
    for name, value in (("Origin", "https://evil.example"),
                        ("Sec_Fetch_Site", "cross-site")):
        reply = person.ask("POST", "/keys", {"name": "n", "role": "read"},
                           **{name: value})
        refused(reply, 403, "cross_site")


def test_a_wrong_password_is_refused(person, stack):
    other = Browser(person.port, stack.nginx.root / "tls.pem",
                    "nobody@demo.example", "a wrong password")
    reply = other.sign_in()
    refused(reply, 401, "sign_in_failed")
    assert not [v for v in reply.all("WWW-Authenticate")
                if v.startswith("Basic")]


def test_signing_out_ends_it(stack, person):
    other = Browser(person.port, stack.nginx.root / "tls.pem", EMAIL,
                    stack.password, stack.totp_secret)
    other.authenticator = person.authenticator
    assert other.sign_in().status == 200
    kept = other.cookie
    reply = other.ask("DELETE", "/session")
    assert (reply.status, reply.body) == (204, b"")
    assert other.cookie is None
    other.cookie = kept
    refused(other.ask("GET", "/session"), 401, "session_ended")


# -- the log -----------------------------------------------------------------

def test_the_log_and_one_event(stack, person):
    key = make(stack).json()
    call(stack, "DELETE", f"/keys/{key['id']}")
    for ask_it in (lambda path: call(stack, "GET", path),
                   lambda path: person.ask("GET", path)):
        reply = ask_it(f"/audit-events?kind=event&key={key['id']}")
        page = reply.json()
        assert [row["event"] for row in page["events"]] == [
            "key_revoked", "key_created"]
        made = page["events"][1]
        assert (made["address"], len(made["request_id"])) == ("127.0.0.1", 32)
        one = ask_it(f"/audit-events/{made['id']}").json()
        assert {name: one[name] for name in made} == made
        assert one["explanation"].startswith("A key was made.")
        # And by the id of the request that made it.
        assert ask_it(f"/audit-events/{made['request_id']}").status == 200
    assert key["secret"] not in reply.body.decode()


def test_copies_of_the_log(stack):
    key = make(stack).json()["id"]
    path = openapi.BASE + f"/audit-events?kind=event&key={key}"
    for query, headers, kind in (
            ("&format=csv", {}, "text/csv"),
            ("", {"Accept": "text/csv"}, "text/csv"),
            ("&format=jsonl", {}, "application/x-ndjson")):
        reply = ask(stack.nginx.port, "GET", path + query,
                    {**bearer(stack.keys["admin"]), **headers})
        assert reply.status == 200
        assert reply.one("Content-Type").startswith(kind)
        assert reply.one("X-Accel-Buffering") is None
        lines = reply.body.decode().splitlines()
        assert len(lines) == (2 if kind == "text/csv" else 1)
        assert "key_created" in lines[-1] and key in lines[-1]


def test_the_head_moves_with_the_log(stack):
    before = call(stack, "GET", "/audit-head").json()
    make(stack)
    after = call(stack, "GET", "/audit-head").json()
    assert after["seq"] == before["seq"] + 1
    assert after["hash"] != before["hash"]
    assert str(after["account"]) == stack.account


def test_usage(stack):
    told = call(stack, "GET", "/usage?bucket=day").json()
    assert (told["bucket"], len(told["buckets"])) == ("day", 30)


def test_who_may_read_the_log(stack):
    for path in ("/audit-events", "/audit-events/ev_1_1", "/audit-head",
                 "/usage"):
        refused(call(stack, "GET", path, "write"), 403, "role_insufficient")
        reply = ask(stack.nginx.port, "GET", openapi.BASE + path)
        refused(reply, 401, "credential_missing")
    refused(call(stack, "GET", "/audit-events/ev_1_1"), 404, "not_found")


# -- the programs ------------------------------------------------------------

def test_a_killed_program_comes_back(stack, person):
    for name, look in (("keys", lambda: call(stack, "GET", "/keys")),
                       ("accounts", lambda: person.ask("GET", "/session")),
                       ("apps", lambda: call(stack, "GET", "/apps")),
                       ("audit", lambda: call(stack, "GET", "/audit-head"))):
        stack.programs[name].kill(signal.SIGKILL)
        # Connections that nginx kept are gone; a GET is tried again.
        assert look().status == 200


def test_logs_hold_no_secrets(stack, person):
    key = make(stack).json()
    call(stack, "DELETE", f"/keys/{key['id']}")
    logs = stack.nginx.accesses() + stack.nginx.errors() + "".join(
        stack.log(name) for name in ("auth-check", "keys", "accounts",
                                     "audit"))
    for secret in (key["secret"], stack.password, stack.totp_secret,
                   person.cookie, person.csrf, stack.keys["admin"]):
        assert secret not in logs
    assert "temporary file" not in stack.nginx.errors()
