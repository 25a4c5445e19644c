# SPDX-License-Identifier: ISC
"""The main job, whole: nginx, auth-check, PostgreSQL and keys, all real."""

import base64
import json
import os
import signal
import threading
import time

import pytest

import openapi
from wire import ask, bearer, push

CHALLENGES = ['Basic realm="api", charset="UTF-8"', 'Bearer realm="api"']


def get(stack, path="/", headers=(), method="GET", body=None):
    reply = ask(stack.nginx.port, method, path, headers, body)
    if path.startswith(openapi.BASE):
        openapi.check(method, path, reply)
    return reply


def basic(user, password):
    text = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


def refused(reply, status, code):
    """Holds REPLY to what every refusal is."""
    assert (reply.status, reply.json()["code"]) == (status, code)
    got = reply.json()
    assert got["status"] == status
    assert got["type"] == f"/hasp/errors#{code}"
    assert got["title"] and got["detail"]
    assert len(got["request_id"]) == 32
    assert reply.one("Content-Type") == "application/problem+json"
    assert reply.one("Cache-Control") == "no-store"
    assert reply.all("WWW-Authenticate") == (CHALLENGES if status == 401
                                             else [])
    assert (reply.one("Retry-After") is not None) == (status in (429, 503))


def test_without_a_key(stack):
    refused(get(stack), 401, "credential_missing")
    refused(get(stack, "/x.html?a=b"), 401, "credential_missing")
    assert get(stack, method="HEAD").body == b""
    refused(get(stack, method="OPTIONS"), 401, "credential_missing")


def test_bearer_and_basic(stack):
    key = stack.keys["read"]
    for headers in (bearer(key), basic(stack.account, key),
                    {"authorization": f"bearer {key}"}):
        reply = get(stack, "/some/page?q=1", headers)
        assert reply.status == 200
        got = reply.json()
        assert (got["method"], got["uri"]) == ("GET", "/some/page?q=1")
        seen = {n: v for n, v in got["headers"].items() if "Hasp" in n}
        assert seen.pop("X-Hasp-Key").startswith("key_")
        assert len(seen.pop("X-Hasp-Request-Id")) == 32
        assert seen == {
            "X-Hasp-Account": stack.account, "X-Hasp-Secret-Version": "1",
            "X-Hasp-Role": "read", "X-Hasp-Environment": "live"}
        assert key not in reply.body.decode()
        assert "Authorization" not in got["headers"]


def malformed(account, key):
    """Header values that are no credential, and what each is called."""
    def b64(text):
        return base64.b64encode(text.encode()).decode()

    both = f"{account}:{key}"
    flipped = key[:-1] + ("0" if key[-1] != "0" else "1")
    return [
        (key, "scheme_missing"),
        (f"Bearer: {key}", "scheme_punctuated"),
        (f"Bearer Bearer {key}", "scheme_doubled"),
        ("Bearer", "bearer_empty"),
        (f"Bearer {key[:20]} {key[20:]}", "bearer_spaces"),
        (f"Bearer {both}", "bearer_with_account"),
        (f"Bearer {b64(both)}", "bearer_is_basic"),
        (f"Token {key}", "scheme_unknown"),
        (f"Digest username={account}", "scheme_unknown"),
        ("Basic", "basic_empty"),
        (f"Basic {both}", "basic_not_encoded"),
        (f"Basic {b64(b64(both))}", "basic_encoded_twice"),
        (f"Basic {b64(both)[:-1]}", "basic_bad_padding"),
        (f"Basic {b64('123456')}", "basic_no_colon"),
        (f"Basic {b64(both + chr(10))}", "basic_control_byte"),
        (f"Basic {b64(key)}", "key_without_account"),
        (f"Basic {b64(key + ':')}", "key_in_username"),
        (f"Basic {b64(f'{key}:{account}')}", "fields_swapped"),
        (f"Basic {b64(f'{key}:{key}')}", "key_in_both_fields"),
        (f"Basic {b64(f'{key}:secret')}", "key_in_username_only"),
        (f"Basic {b64(f'{account}:')}", "password_blank"),
        (f"Basic {b64(f':{key}')}", "username_blank"),
        (f"Basic {b64(':')}", "both_fields_blank"),
        (f"Basic {b64(f'me@example.com:{key}')}", "username_is_email"),
        (f"Basic {b64(f'me:{key}')}", "username_not_numeric"),
        (f"Basic {b64(f'0{account}:{key}')}", "account_out_of_range"),
        (f"Basic {b64(f'{account}:Bearer {key}')}", "scheme_in_password"),
        ("Bearer $HASP_KEY", "key_placeholder"),
        (f'Bearer "{key}"', "key_quoted"),
        (f"Bearer {key.upper()}", "key_case_changed"),
        (f"Bearer {key[:-1]}", "key_truncated"),
        (f"Bearer {key}x", "key_overlong"),
        (f"Bearer {flipped}", "key_mistyped"),
        ("Bearer " + "x" * 600, "header_too_long"),
        (f"Bearer \u00ab{key}", "header_not_ascii"),
        (f"Bearer {key}, Bearer {key}", "two_credentials"),
    ]


def test_each_malformation_is_named(stack):
    cases = malformed(stack.account, stack.keys["read"])
    assert len({code for _, code in cases}) >= 25
    for value, code in cases:
        reply = get(stack, headers={
            "Authorization": value.encode("latin-1")})
        assert (reply.json()["code"], code) == (code, code), value[:12]
        refused(reply, 401, code)
        assert stack.keys["read"] not in reply.body.decode()


def test_misplaced_keys_are_named(stack):
    key = stack.keys["read"]
    refused(get(stack, headers={"X-API-Key": key}), 401,
            "key_in_other_header")
    refused(get(stack, headers={**bearer(key), "X-API-Key": key}), 401,
            "two_credentials")
    refused(get(stack, f"/?api_key={key}"), 401, "key_in_query")


def test_a_key_of_another_account(stack):
    refused(get(stack, headers=basic("1", stack.keys["read"])), 401,
            "account_mismatch")


ROLES = {"read": 0, "write": 1, "admin": 2}
METHODS = {"GET": 0, "HEAD": 0, "POST": 1, "PATCH": 1, "PUT": 2, "DELETE": 2,
           "OPTIONS": 2, "PROPFIND": 2, "LOCK": 2, "FOO": 2}


@pytest.mark.parametrize("role", ROLES)
def test_roles_and_methods(stack, role):
    for method, needed in METHODS.items():
        for path, demand in (("/", 0), ("/admin/", 2), ("/by-set/", 2),
                             ("/admin/nested/", 2)):
            reply = get(stack, path, bearer(stack.keys[role]), method)
            allowed = ROLES[role] >= max(needed, demand)
            assert reply.status == (200 if allowed else 403), (method, path)
            if not allowed and method != "HEAD":
                refused(reply, 403, "role_insufficient")


def test_mistakes_of_the_operator_refuse(stack):
    for path in ("/by-set/nested/", "/typo/"):
        refused(get(stack, path, bearer(stack.keys["admin"])), 503,
                "site_misconfigured")


def test_no_way_of_writing_a_path_gets_in(stack):
    """nginx chooses the location, and the location the demand."""
    for raw in ("/public/../admin/", "/public/%2e%2e/admin/", "//admin/",
                "/public/..%2fadmin/", "/./admin/", "/x/../admin/",
                "/%61dmin/", "/admin//", "/public/..//admin/x"):
        reply = get(stack, raw, bearer(stack.keys["read"]))
        assert reply.status in (403, 400), raw
        assert get(stack, raw).status in (401, 400), raw


def test_strict_targets(stack):
    key = bearer(stack.keys["read"])
    assert get(stack, "/strict/plain?a=..", key).status == 200
    for raw in ("/strict//x", "/strict/a/../b", "/strict/%2e", "/strict/;x"):
        refused(get(stack, raw, key), 403, "target_ambiguous")


def test_environment_and_region(stack):
    refused(get(stack, headers=bearer(stack.keys["test"])), 401,
            "wrong_environment")
    refused(get(stack, "/test/", bearer(stack.keys["read"])), 401,
            "wrong_environment")
    assert get(stack, "/test/", bearer(stack.keys["test"])).status == 200
    reply = get(stack, "/elsewhere/", bearer(stack.keys["read"]))
    refused(reply, 401, "wrong_region")
    assert reply.json()["api_host"]


def test_method_overrides(stack):
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method",
                 "X-Method-Override"):
        headers = {**bearer(stack.keys["write"]), name: "DELETE"}
        refused(get(stack, "/", headers, "POST"), 403, "method_override")
        headers = {**bearer(stack.keys["admin"]), name: "DELETE"}
        reply = get(stack, "/", headers, "POST")
        assert reply.status == 200
        assert name not in reply.json()["headers"]
    refused(get(stack, "/?_method=DELETE", bearer(stack.keys["write"]),
                "POST"), 403, "method_override")


def test_public_place(stack):
    reply = get(stack, "/public/", {"X-Hasp-Account": "9"})
    assert reply.status == 200
    assert "X-Hasp-Account" not in reply.json()["headers"]


def test_big_refused_body(stack):
    size = 100 * 1024 * 1024
    head = (f"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n"
            f"Authorization: Bearer {stack.keys['read']}\r\n\r\n")
    reply, sent = push(stack.nginx.port, head.encode(), size)
    assert reply.startswith(b"HTTP/1.1 403 ")
    assert sent < size // 4


def test_whoami(stack):
    for name, role, environment in (("read", "read", "live"),
                                    ("test", "admin", "test")):
        reply = get(stack, "/hasp/v1/whoami", bearer(stack.keys[name]))
        assert reply.status == 200
        got = reply.json()
        assert str(got["account"]) == stack.account
        assert (got["role"], got["environment"]) == (role, environment)
        assert stack.keys[name] not in reply.body.decode()
    refused(get(stack, "/hasp/v1/whoami"), 401, "credential_missing")
    reply = get(stack, "/hasp/v1/whoami", method="DELETE")
    assert reply.status == 405 and reply.one("Allow")
    reply = get(stack, "/hasp/v1/nothing")
    assert (reply.status, reply.json()["code"]) == (404, "not_found")


def test_healthz(stack):
    reply = get(stack, "/hasp/v1/healthz")
    assert (reply.status, reply.json()) == (200, {"status": "ok"})


def test_openapi(stack):
    reply = get(stack, "/hasp/v1/openapi.json")
    assert reply.status == 200
    assert reply.body == openapi.DOCUMENT.read_bytes()
    assert reply.one("X-Content-Type-Options") == "nosniff"
    assert get(stack, "/hasp/v1/openapi.json", method="HEAD").body == b""
    reply = get(stack, "/hasp/v1/openapi.json", method="POST", body=b"x")
    assert reply.status == 405
    assert reply.one("Allow") == "GET, HEAD"


def test_revoked_key(stack):
    key = stack.key()
    assert get(stack, headers=bearer(key)).status == 200
    ident = get(stack, "/hasp/v1/whoami", bearer(key)).json()["key"]
    stack.ctl("key", "revoke", "--yes", ident)
    refused(get(stack, headers=bearer(key)), 401, "key_revoked")


def test_killed_program_costs_at_most_its_own_requests(stack):
    """Whoever asks while it is away waits in the socket that stays open."""
    key, seen, done = bearer(stack.keys["read"]), [], threading.Event()

    def client():
        while not done.is_set():
            seen.append(get(stack, headers=key).status)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.3)
        stack.auth.kill()
    done.set()
    for thread in threads:
        thread.join()
    assert set(seen) <= {200, 503}
    assert seen.count(503) <= 3 * len(threads)
    assert get(stack, headers=key).status == 200


def test_restarts_under_load_fail_nobody(stack):
    """100 times asked to end (SIGTERM): it answers what it has, and what
    comes meanwhile waits in the socket."""
    key, seen, done = bearer(stack.keys["read"]), [], threading.Event()

    def client():
        while not done.is_set():
            seen.append(get(stack, headers=key).status)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        served = len(seen)
        stack.auth.kill(signal.SIGTERM)
        # One that is ended before it serves would never serve.
        assert stack.cluster.wait_for(lambda: len(seen) > served + 8)
    done.set()
    for thread in threads:
        thread.join()
    assert set(seen) == {200}


def test_program_that_hangs(stack):
    pid = stack.auth.pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        refused(get(stack, headers=bearer(stack.keys["read"])), 503,
                "check_unreachable")
        reply = get(stack, "/hasp/v1/whoami", bearer(stack.keys["read"]))
        refused(reply, 503, "check_unreachable")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert get(stack, headers=bearer(stack.keys["read"])).status == 200


def test_database_down_and_back(stack):
    key = bearer(stack.keys["read"])
    stack.cluster.forget("hasp")
    stack.cluster.stop("immediate")
    try:
        for _ in range(5):
            refused(get(stack, headers=key), 503, "database_down")
        assert get(stack, "/hasp/v1/healthz").status == 503
        # A malformed credential needs no database to be refused.
        refused(get(stack), 401, "credential_missing")
    finally:
        stack.cluster.start()
    assert stack.cluster.wait_for(
        lambda: get(stack, headers=key).status == 200)


def test_no_key_in_any_log(stack):
    texts = [stack.log(), stack.log("demo-site"), stack.nginx.errors(),
             stack.nginx.accesses(), stack.cluster.log()]
    assert f"account={stack.account} key=key_" in stack.nginx.accesses()
    for key in stack.keys.values():
        body = key.split("_")[-1]
        assert body not in json.dumps(texts)
