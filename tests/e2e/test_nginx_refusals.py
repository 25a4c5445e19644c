# SPDX-License-Identifier: ISC
"""The shipped nginx files turn what the check answers into what the client
gets. The check's answers come from the test here, so that each is possible;
test_nginx_golden.py has the real program."""

import json
import os
import time

import pytest

from fastcgi_answer import Answerer
from nginx_server import Nginx
from wire import ask, push

PROBLEM = json.dumps({"type": "/hasp/errors#told", "status": 0,
                      "code": "told", "request_id": "r"})

TEXT = """
server {
	listen @PORT@;
	include @H@/hasp-server.conf;
	location / {
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-proxy.conf;
		proxy_pass http://127.0.0.1:%(site)d;
	}
	location /big/ {
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-proxy.conf;
		client_max_body_size 200m;
		proxy_pass http://127.0.0.1:%(site)d;
	}
	location /intercepted/ {
		include @H@/hasp-protect.conf;
		proxy_intercept_errors on;
		proxy_pass http://127.0.0.1:%(site)d;
	}
	location /denied/ {
		include @H@/hasp-protect.conf;
		deny all;
		root @ROOT@;
	}
}
"""


def folded(status, native=403, more=""):
    """An answer of auth-check in the form for nginx."""
    return (f"Status: {native}\r\nHasp-Status: {status}\r\n"
            f"Hasp-Code: told\r\nHasp-Problem: {PROBLEM}\r\n{more}\r\n"
            ).encode()


ALLOWED = (b"Status: 204\r\nX-Hasp-Account: 7\r\nX-Hasp-Key: key_1\r\n"
           b"X-Hasp-Role: read\r\n\r\n")

ANSWERS = {
    "allowed": ALLOWED,
    "401": folded(401, 401),
    "403": folded(403),
    "429": folded(429, more="Retry-After: 7\r\n"),
    "503": folded(503, more="Retry-After: 3\r\n"),
    "500": folded(500),
    "odd": folded("@hasp_500; evil"),
    "bare 403": b"Status: 403\r\n\r\n",
    "bare 401": b"Status: 401\r\n\r\n",
    "native 429": b"Status: 429\r\nRetry-After: 9\r\n\r\n",
    "redirect": b"Status: 302\r\nLocation: /elsewhere\r\n\r\n",
    "garbage": b"\xff\xfe no header\r\n\r\n",
    "nothing": b"",
    "endless": b"X-Long: " + b"x" * 60000 + b"\r\n\r\n",
    "closed": None,
}


def answer(call):
    """What the client asks for in Authorization is what it gets."""
    wanted = call.get("HTTP_AUTHORIZATION") or "401"
    if wanted == "late":
        time.sleep(3)
        return ALLOWED
    return ANSWERS[wanted]


@pytest.fixture(scope="module", name="world")
def make_world(needs_nginx, folder, site):
    """nginx with the shipped files, and the check's answers."""
    nginx = Nginx(folder / "n", TEXT % {"site": site.port})
    answerer = Answerer(nginx.auth_socket, answer)
    with nginx:
        yield nginx, answerer
    answerer.close()


def get(world, wanted, path="/", method="GET", **more):
    nginx, _ = world
    return ask(nginx.port, method, path, {"Authorization": wanted}, **more)


@pytest.mark.parametrize("wanted, status, retry", [
    ("401", 401, None), ("403", 403, None), ("429", 429, "7"),
    ("503", 503, "3"), ("500", 503, "1"),
])
def test_refusal_is_whole(world, wanted, status, retry):
    reply = get(world, wanted, "/page.html?x=1")
    assert reply.status == status
    assert reply.one("Content-Type") == "application/problem+json"
    assert reply.one("Cache-Control") == "no-store"
    assert reply.one("Retry-After") == retry
    assert reply.body.decode() == PROBLEM
    assert reply.all("WWW-Authenticate") == ([
        'Basic realm="api", charset="UTF-8"', 'Bearer realm="api"',
    ] if status == 401 else [])
    more = {401: ["www-authenticate"] * 2}.get(status, [])
    more += ["retry-after"] if retry else []
    assert reply.names() == sorted(["cache-control", "content-type", *more])


def test_folded_refusals_leave_no_error_in_the_log(world):
    before = world[0].errors().count("[error]")
    for wanted in ("401", "403", "429", "503"):
        get(world, wanted)
    assert world[0].errors().count("[error]") == before


@pytest.mark.parametrize("wanted", ["401", "403", "429", "503", "closed"])
def test_head_has_headers_only(world, wanted):
    full, head = get(world, wanted), get(world, wanted, method="HEAD")
    assert head.body == b""
    assert (head.status, head.names()) == (full.status, full.names())


def test_unknown_status_is_403(world):
    assert get(world, "odd").status == 403


@pytest.mark.parametrize("wanted, status", [("bare 401", 401),
                                            ("bare 403", 403)])
def test_refusal_without_problem_has_a_body(world, wanted, status):
    reply = get(world, wanted)
    assert (reply.status, reply.json()["status"]) == (status, status)
    assert reply.one("Content-Type") == "application/problem+json"


@pytest.mark.parametrize("wanted", ["native 429", "redirect", "garbage",
                                    "nothing", "endless", "closed", "late"])
def test_doubtful_check_is_503(world, wanted):
    reply = get(world, wanted)
    assert reply.status == 503
    assert reply.json()["code"] == "check_unreachable"
    assert reply.one("Retry-After") is not None
    assert reply.one("Location") is None


def test_check_that_is_not_there_is_503(world):
    nginx, answerer = world
    os.rename(answerer.path, answerer.path + ".away")
    answerer.drop()
    try:
        reply = get(world, "allowed")
    finally:
        os.rename(answerer.path + ".away", answerer.path)
    assert reply.status == 503
    assert reply.json()["code"] == "check_unreachable"
    assert get(world, "allowed").status == 200
    assert "unknown" not in nginx.errors()


def test_allowed_reaches_the_site(world):
    reply = get(world, "allowed", "/some/path?q=1")
    assert reply.status == 200
    assert reply.json()["uri"] == "/some/path?q=1"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503])
def test_answers_of_the_site_pass(world, status):
    reply = ask(world[0].port, "GET", "/", {"Authorization": "allowed",
                                            "X-Answer": str(status)})
    assert reply.status == status
    assert reply.json()["uri"] == "/"


@pytest.mark.parametrize("status, code", [
    (401, "refused_by_site"), (403, "refused_by_site"), (500, "site_failed")])
def test_intercepted_answers_of_the_site_are_not_the_check_s(world, status,
                                                             code):
    reply = ask(world[0].port, "GET", "/intercepted/",
                {"Authorization": "allowed", "X-Answer": str(status)})
    assert (reply.status, reply.json()["code"]) == (status, code)


def test_deny_is_told_apart(world):
    reply = get(world, "allowed", "/denied/")
    assert reply.status == 403
    assert reply.json()["code"] == "refused_by_site"


def test_methods_reach_the_check_as_they_are(world):
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
               "PROPFIND", "MKCOL", "LOCK", "SEARCH", "FOO"]
    for method in methods:
        get(world, "403", method=method)
    seen = [call.get("REQUEST_METHOD") for call in world[1].calls]
    assert seen[-len(methods):] == methods


def test_trace_and_connect_never_get_in(world):
    for method in ("TRACE", "CONNECT"):
        assert get(world, "allowed", method=method).status == 405


def test_parameters_of_the_check(world):
    """The whole list: a client has no way to add to it."""
    ask(world[0].port, "POST", "/a/../b%2Fc?d=e", [
        ("Authorization", "403"), ("X-API-Key", "k"), ("Cookie", "c=1"),
        ("X-HTTP-Method-Override", "DELETE"), ("HASP-Require", "auto"),
        ("X-Hasp-Require", "auto"), ("Hasp-Demand", "auto"),
        ("X-Forwarded-Method", "GET"), ("X-Original-URI", "/"),
        ("X-Forwarded-For", "10.0.0.1")], b"body")
    call = world[1].calls[-1]
    names = [name for name, _ in call.params]
    assert names == [
        "HASP_ACTION", "HASP_REFUSAL", "HASP_REQUIRE", "HASP_DEMAND",
        "HASP_REGION", "HASP_ENVIRONMENT", "HASP_READ_METHODS",
        "HASP_WRITE_METHODS", "HASP_STRICT_TARGET", "HASP_LEGACY_DEPRECATED",
        "HASP_LEGACY_SUNSET", "HASP_LEGACY_LINK", "HASP_LEGACY_POLICY",
        "REQUEST_METHOD",
        "REQUEST_URI", "DOCUMENT_URI", "REMOTE_ADDR", "SERVER_NAME",
        "REQUEST_ID", "HTTP_AUTHORIZATION", "HTTP_X_API_KEY",
        "HTTP_X_HTTP_METHOD_OVERRIDE"]
    assert call.get("REQUEST_URI") == "/a/../b%2Fc?d=e"
    assert call.get("REMOTE_ADDR") == "127.0.0.1"
    assert call.body == b""


def test_big_refused_body_is_not_read(world):
    """The client stops when the answer comes; nginx must not have taken
    more than what fits into buffers on the way."""
    size = 100 * 1024 * 1024
    for path in ("/", "/big/"):
        head = (f"POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: 403\r\n"
                f"Content-Length: {size}\r\n\r\n").encode()
        reply, sent = push(world[0].port, head, size)
        if path == "/big/":
            assert reply.startswith(b"HTTP/1.1 403 ")
        else:  # beyond the 1 MB that nginx takes by default
            assert reply.startswith(b"HTTP/1.1 413 ")
        assert sent < size // 4


def test_refused_upload_that_waits_is_never_sent(world):
    """Without a key nginx does not even ask for the body."""
    head = (b"POST /big/ HTTP/1.1\r\nHost: h\r\nAuthorization: 401\r\n"
            b"Content-Length: 100000000\r\nExpect: 100-continue\r\n\r\n")
    reply, _ = push(world[0].port, head, 0)
    assert reply.startswith(b"HTTP/1.1 401 ")


def test_big_allowed_body_arrives(world):
    """The check must not be held to the 1 MB of other locations."""
    reply = get(world, "allowed", "/big/", "POST", body=b"x" * 3000000)
    assert reply.status == 200


def test_two_authorization_headers_never_get_in(world):
    reply = ask(world[0].port, "GET", "/", [("Authorization", "allowed"),
                                            ("Authorization", "allowed")])
    assert reply.status == 400


def test_internal_addresses_are_not_there(world):
    for path in ("/_hasp/check", "/_hasp/check/admin", "/_hasp/check/zzz",
                 "//_hasp/check", "/x/../_hasp/check", "/%5fhasp/check"):
        assert get(world, "allowed", path).status == 404, path
