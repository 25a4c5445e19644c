# SPDX-License-Identifier: ISC
"""Who the site believes to be asking: the check's word or nobody's, however
the client spells a header, over HTTP and FastCGI, protected and public."""

import itertools
import json

import httpx
import pytest

from echo_site import echo_params, identity
from fastcgi_answer import Answerer
from nginx_server import Nginx, free_port
from wire import ask, exchange, push_h2

NAMES = {
    "X-Hasp-Account": "7", "X-Hasp-Key": "key_1",
    "X-Hasp-Secret-Version": "2", "X-Hasp-Role": "read",
    "X-Hasp-Environment": "live", "X-Hasp-App": "",
    "X-Hasp-Request-Id": "r1",
}
ALLOWED = ("Status: 204\r\n" + "".join(
    f"{name}: {value}\r\n" for name, value in NAMES.items()) + "\r\n").encode()

# A site that relies on this has the one trap that a location's own
# proxy_set_header springs; the files name every header that they need.
TEXT = """
underscores_in_headers %(underscores)s;
proxy_set_header X-Other inherited;
server {
	listen @PORT@;
	listen %(h2)s http2;
	include @H@/hasp-server.conf;
	location /proxy/ {
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-proxy.conf;
		proxy_pass http://127.0.0.1:%(site)d;
	}
	location /fastcgi/ {
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-fastcgi.conf;
		fastcgi_param REQUEST_METHOD $request_method;
		fastcgi_pass unix:@ROOT@/site.sock;
	}
	location /public-proxy/ {
		include @H@/hasp-clear-proxy.conf;
		proxy_pass http://127.0.0.1:%(site)d;
	}
	location /public-fastcgi/ {
		include @H@/hasp-clear-fastcgi.conf;
		fastcgi_param REQUEST_METHOD $request_method;
		fastcgi_pass unix:@ROOT@/site.sock;
	}
	location = /mirror { internal; return 204; }
	location /mirrored/ {
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-proxy.conf;
		mirror /mirror;
		proxy_pass http://127.0.0.1:%(site)d;
	}
}
"""


def answer(call):
    if call.get("HTTP_AUTHORIZATION") == "good":
        return ALLOWED
    return b"Status: 401\r\nHasp-Status: 401\r\n\r\n"


@pytest.fixture(scope="module", name="nginx", params=["off", "on"])
def make_nginx(request, needs_nginx, folder, site):
    """nginx with and without underscores_in_headers."""
    h2 = free_port()
    made = Nginx(folder / f"n{request.param}", TEXT % {
        "site": site.port, "h2": f"127.0.0.1:{h2}",
        "underscores": request.param})
    made.h2 = h2
    check = Answerer(made.auth_socket, answer)
    fastcgi = Answerer(made.root / "site.sock", echo_params)
    with made:
        yield made
    check.close()
    fastcgi.close()


def spellings(name):
    """Every way to write NAME that a program may read as NAME."""
    parts = name.split("-")
    for seps in itertools.product("-_", repeat=len(parts) - 1):
        text = "".join(a + b for a, b in zip(parts, (*seps, "")))
        yield from {text, text.lower(), text.upper(), text.swapcase()}


def arrived(reply):
    """The headers that the site got, of either kind of site."""
    got = reply.json()
    return [tuple(pair) for pair in got.get("headers") or got["params"]]


SPOOFED = sorted({spelling for name in NAMES for spelling in spellings(name)})


@pytest.mark.parametrize("place", ["proxy", "fastcgi", "mirrored"])
def test_protected_site_gets_the_check_s_word_only(nginx, place):
    expected = {name.upper().replace("-", "_"): [value]
                for name, value in NAMES.items() if value}
    for name in SPOOFED:
        reply = ask(nginx.port, "GET", f"/{place}/", [
            (name, "evil"), ("Authorization", "good"), (name, "evil")])
        assert reply.status == 200
        assert identity(arrived(reply)) == expected, name


@pytest.mark.parametrize("place", ["public-proxy", "public-fastcgi"])
def test_public_site_gets_nothing(nginx, place):
    for name in SPOOFED:
        reply = ask(nginx.port, "GET", f"/{place}/", [
            (name, "evil"), ("Authorization", "good"), (name, "evil")])
        assert reply.status == 200
        assert identity(arrived(reply)) == {}, name


@pytest.mark.parametrize("place", ["proxy", "fastcgi"])
def test_all_at_once(nginx, place):
    reply = ask(nginx.port, "GET", f"/{place}/",
                [("Authorization", "good")] + [(n, "evil") for n in SPOOFED])
    assert "evil" not in json.dumps(identity(arrived(reply)))


@pytest.mark.parametrize("place", ["proxy", "fastcgi"])
def test_credentials_and_overrides_stay_here(nginx, place):
    gone = ["X-API-Key", "X-HTTP-Method-Override", "X-HTTP-Method",
            "X-Method-Override"]
    for name in (s for n in gone for s in spellings(n)):
        reply = ask(nginx.port, "GET", f"/{place}/",
                    [("Authorization", "good"), (name, "evil")])
        text = json.dumps(arrived(reply))
        assert "evil" not in text and "good" not in text, name


def test_public_site_keeps_its_own_authorization(nginx):
    for place in ("public-proxy", "public-fastcgi"):
        reply = ask(nginx.port, "GET", f"/{place}/",
                    {"Authorization": "Own scheme"})
        assert "Own scheme" in json.dumps(arrived(reply))


def test_headers_of_the_request_itself(nginx):
    reply = ask(nginx.port, "GET", "/proxy/", [
        ("Host", f"Site.example:{nginx.port}"), ("Authorization", "good"),
        ("X-Forwarded-For", "10.0.0.1"), ("X-Forwarded-Proto", "https"),
        ("X-Real-IP", "10.0.0.1"), ("X-Own", "kept")])
    got = {name.lower(): value for name, value in arrived(reply)}
    assert got["host"] == f"Site.example:{nginx.port}"
    assert got["x-forwarded-host"] == got["host"]
    assert got["x-forwarded-for"] == "10.0.0.1, 127.0.0.1"
    assert got["x-forwarded-proto"] == "http"
    assert got["x-real-ip"] == "127.0.0.1"
    assert got["x-own"] == "kept"
    assert len(got["x-request-id"]) == 32
    assert "connection" not in got


def test_host_beside_an_absolute_target_does_not_count(nginx):
    reply = exchange(nginx.port, (
        "GET http://true.example/proxy/ HTTP/1.1\r\nHost: evil.example\r\n"
        "Authorization: good\r\nConnection: close\r\n\r\n").encode())
    assert b"true.example" in reply and b"evil.example" not in reply


HANDSHAKE = (
    "GET /proxy/ HTTP/1.1\r\nHost: h\r\nUpgrade: {what}\r\n"
    "Connection: Upgrade{more}\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "X-Hasp-Account: 9\r\n{authorization}\r\n")


def test_websocket_handshake(nginx):
    good = HANDSHAKE.format(what="WebSocket", more="",
                            authorization="Authorization: good\r\n")
    reply = exchange(nginx.port, good.encode())
    assert reply.startswith(b"HTTP/1.1 101 ")
    assert b"X-Saw-Account: 7\r\n" in reply
    bad = HANDSHAKE.format(what="websocket", more=", close", authorization="")
    reply = exchange(nginx.port, bad.encode())
    assert reply.startswith(b"HTTP/1.1 401 ")
    assert b"application/problem+json" in reply


def test_no_other_protocol_is_upgraded_to(nginx):
    """Behind an upgrade to HTTP/2 a client could talk past nginx."""
    asked = HANDSHAKE.format(what="h2c", more=", HTTP2-Settings, close",
                             authorization="Authorization: good\r\n")
    reply = exchange(nginx.port, asked.encode())
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert b"h2c" not in reply


def test_http2(nginx):
    with httpx.Client(http1=False, http2=True, base_url=(
            f"http://127.0.0.1:{nginx.h2}")) as client:
        for _ in range(20):
            bad = client.get("/proxy/", headers={"x-hasp-account": "9"})
            assert (bad.http_version, bad.status_code) == ("HTTP/2", 401)
            assert bad.headers["content-type"] == "application/problem+json"
            assert bad.headers.get_list("www-authenticate") == [
                'Basic realm="api", charset="UTF-8"', 'Bearer realm="api"']
        good = client.post("/proxy/x", content=b"x" * 1000, headers={
            "authorization": "good", "x-hasp-account": "9",
            "x_hasp_account": "9"})
        assert good.status_code == 200
        assert identity(good.json()["headers"])["X_HASP_ACCOUNT"] == ["7"]


def test_http2_refused_body_is_not_read(nginx):
    status, body, sent = push_h2(nginx.h2, "/proxy/", 900000)
    assert (status, json.loads(body)["status"]) == (401, 401)
    assert sent < 900000
