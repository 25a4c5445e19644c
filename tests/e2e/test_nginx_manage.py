# SPDX-License-Identifier: ISC
"""hasp-manage.conf: what reaches the programs keys, accounts, apps and audit and
what comes back, with servers in their place that show it; the programs themselves are in
test_nginx_manage_programs.py."""

import http.client
import json
import os
import socket
import ssl
import threading
import time

import httpx
import pytest

import openapi
from fastcgi_answer import Answerer
from nginx_server import Nginx
from wire import ask, exchange, push, push_h2, send

SITE = """
underscores_in_headers on;
gzip on; gzip_types application/json; gzip_min_length 1; gzip_proxied any;
server {
	listen @PORT@ sndbuf=16k;
	set $hasp_region north;
	set $hasp_legacy_deprecated 2030-01-02;
	include @H@/hasp-site.conf;
	include @H@/hasp-manage.conf;
	add_header X-Of-The-Server yes always;
	location / { proxy_pass http://127.0.0.1:1; }
}
server {
	@TLS@
	include @H@/hasp-server.conf;
	include @H@/hasp-manage.conf;
	location / { return 404; }
}
"""

PATHS = [("/hasp/v1/keys", "keys"), ("/hasp/v1/keys/key_1/rotation", "keys"),
         ("/hasp/v1/session", "accounts"),
         ("/hasp/v1/session/totp/confirmation", "accounts"),
         ("/hasp/v1/account", "accounts"), ("/hasp/v1/members", "accounts"),
         ("/hasp/v1/members/7", "accounts"),
         ("/hasp/v1/apps", "apps"),
         ("/hasp/v1/apps/4c2d7f86-7b1d-4f6b-9c59-55b3c1c5a3c1/tokens", "apps"),
         ("/hasp/v1/published-apps", "apps"),
         ("/hasp/v1/connect-codes", "apps"),
         ("/hasp/v1/connect-codes/inspection", "apps"),
         ("/hasp/v1/oauth/token", "apps"), ("/hasp/v1/oauth/revoke", "apps"),
         ("/hasp/v1/audit-events", "audit"),
         ("/hasp/v1/audit-events/ev_1_2", "audit"),
         ("/hasp/v1/usage", "audit"), ("/hasp/v1/audit-head", "audit")]

# What programs of publishers ask, who know the answers of OAuth.
FORMS = ("/hasp/v1/connect-codes", "/hasp/v1/oauth/token",
         "/hasp/v1/oauth/revoke")

COOKIE = ("__Host-hasp=" + "a" * 43 + "; Path=/; Secure; HttpOnly; "
          "SameSite=Strict; Max-Age=43200")


class Place:
    """nginx with the shipped files, and what stands for the programs."""

    def __init__(self, root):
        self.nginx = Nginx(root, SITE, root / "auth-check.sock", workers=1)
        self.body, self.headers, self.status = b"{}", [], 200
        self.programs = {
            name: Answerer(root / f"{name}.sock", self.answer)
            for name in ("keys", "accounts", "apps", "audit")}
        self.nginx.start()

    def answer(self, _):
        head = f"Status: {self.status}\r\nContent-Type: application/json\r\n"
        head += "".join(f"{n}: {v}\r\n" for n, v in self.headers)
        return head.encode() + b"\r\n" + self.body

    def ask(self, method="GET", path="/hasp/v1/keys", headers=(), body=None):
        return ask(self.nginx.port, method, path, headers, body)

    def last(self, name="keys"):
        """The newest call of that program."""
        return self.programs[name].calls[-1]

    def stop(self):
        self.nginx.stop()
        for program in self.programs.values():
            program.close()


@pytest.fixture(name="place", scope="module")
def make_place(needs_nginx, folder):
    made = Place(folder / "m")
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def reset(place):
    place.body, place.headers, place.status = b"{}", [], 200


def trust(place):
    return ssl.create_default_context(cafile=place.nginx.root / "tls.pem")


def parameters(call):
    return {name for name, _ in call.params}


@pytest.mark.parametrize("path, program", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PATCH", "DELETE"])
def test_each_path_has_its_program(place, method, path, program):
    before = {name: len(p.calls) for name, p in place.programs.items()}
    reply = place.ask(method, path + "?a=b%20c")
    assert reply.status == 200
    after = {name: len(p.calls) for name, p in place.programs.items()}
    before[program] += 1
    assert after == before
    call = place.last(program)
    assert call.get("REQUEST_METHOD") == method
    assert call.get("REQUEST_URI") == path + "?a=b%20c"
    assert call.get("DOCUMENT_URI") == path
    assert call.get("QUERY_STRING") == "a=b%20c"
    assert call.get("HASP_REGION") == "north"
    assert call.get("HASP_ENVIRONMENT") == "live"
    assert call.get("HASP_LEGACY_DEPRECATED") == "2030-01-02"
    assert call.get("HASP_LEGACY_SUNSET") == ""
    assert call.get("REMOTE_ADDR") == "127.0.0.1"
    assert len(call.get("REQUEST_ID")) == 32
    assert call.get("HTTPS") is None


HEADERS = {
    "Authorization": "Bearer x", "Accept": "text/csv", "X-API-Key": "x",
    "Cookie": "a=b; c=d",
    "Origin": "https://o.example", "Sec-Fetch-Site": "same-origin",
    "X-CSRF-Token": "t", "X-Hasp-Proof": "p", "If-Match": '"3"',
    "Idempotency-Key": "i", "Prefer": "wait=5", "User-Agent": "u/1"}


def variable(header):
    return "HTTP_" + header.upper().replace("-", "_")


def test_headers_that_have_a_meaning_arrive(place):
    place.ask(headers=HEADERS)
    call = place.last()
    for name, value in HEADERS.items():
        assert call.get(variable(name)) == value
    assert call.get("HTTP_HOST") == f"127.0.0.1:{place.nginx.port}"


def test_headers_that_are_not_there_do_not(place):
    place.ask()
    assert not [name for name in parameters(place.last())
                if name.startswith("HTTP_") and name != "HTTP_HOST"]
    place.ask(headers={name: "" for name in HEADERS})
    assert not [name for name in parameters(place.last())
                if name.startswith("HTTP_") and name != "HTTP_HOST"]


@pytest.mark.parametrize("headers", [
    {"X-Hasp-Account": "1", "X-Hasp-Key": "k", "X-Hasp-Role": "admin"},
    {"X_Hasp_Account": "1", "HTTP_X_HASP_ACCOUNT": "1"},
    {"Hasp-Region": "south", "HASP_REGION": "south"},
    {"Remote-Addr": "192.0.2.1", "X-Forwarded-For": "192.0.2.1",
     "X-Real-IP": "192.0.2.1", "X-Request-Id": "mine"},
    {"HTTP_COOKIE": "__Host-hasp=x", "HTTP-COOKIE": "__Host-hasp=x"},
    {"Content_Length": "9999", "Content_Type": "text/plain"},
    {"X-HTTP-Method-Override": "DELETE", "Expect-CT": "x", "Proxy": "http://x"},
])
def test_no_header_becomes_another_parameter(place, headers):
    place.ask("POST", headers=headers, body=b"{}")
    call = place.last()
    names = parameters(call)
    assert not [name for name in names if name.startswith("HTTP_")
                and name != "HTTP_HOST"], names
    assert call.get("HASP_REGION") == "north"
    assert call.get("REMOTE_ADDR") == "127.0.0.1"
    assert call.get("CONTENT_LENGTH") == "2"
    assert len(call.get("REQUEST_ID")) == 32


def test_twins_of_a_header_never_count_twice(place):
    for first, second in (("X-Hasp-Proof", "X_Hasp_Proof"),
                          ("X_Hasp_Proof", "X-Hasp-Proof")):
        place.ask(headers=[(first, "one"), (second, "two")])
        values = [v for n, v in place.last().params
                  if n == "HTTP_X_HASP_PROOF"]
        # One of them, or both joined by a comma, which no proof has.
        assert len(values) == 1
        assert values[0] in ("one", "two", "one, two")


def test_host_beside_an_absolute_target_does_not_count(place):
    port = place.nginx.port
    exchange(port, f"GET http://a.example/hasp/v1/keys HTTP/1.1\r\nHost: "
             f"b.example\r\nConnection: close\r\n\r\n".encode())
    assert place.last().get("HTTP_HOST") == "a.example"


def test_the_answer_comes_back_as_it_is(place):
    place.status = 201
    place.body = b'{"secret":"s"}' * 50
    place.headers = [("ETag", '"1"'), ("Location", "/hasp/v1/keys/key_1"),
                     ("Cache-Control", "no-store"), ("Set-Cookie", COOKIE),
                     ("Link", '</hasp/v1/keys?cursor=x>; rel="next"'),
                     ("RateLimit", '"key";r=1;t=2')]
    reply = place.ask("POST", "/hasp/v1/session",
                      {"Accept-Encoding": "gzip"}, b"{}")
    assert (reply.status, reply.body) == (201, place.body)
    for name, value in place.headers:
        if name != "Location":
            assert reply.one(name) == value
    assert reply.one("Location").endswith("/hasp/v1/keys/key_1")
    assert reply.one("X-Content-Type-Options") == "nosniff"
    place.status = 200
    reply = place.ask(headers={"Accept-Encoding": "gzip"})
    assert (reply.body, reply.one("ETag")) == (place.body, '"1"')


def problem(reply, status, code):
    got = reply.json()
    assert (reply.status, got["status"], got["code"]) == (status, status, code)
    assert reply.one("Content-Type") == "application/problem+json"
    assert reply.one("Cache-Control") == "no-store"
    assert len(got["request_id"]) == 32
    return got


def oauth(reply, status, error, code):
    """RFC 6749 section 5.2."""
    got = reply.json()
    assert (reply.status, got["error"]) == (status, error)
    assert got["error_uri"] == "/hasp/errors#" + code
    assert set(got) == {"error", "error_description", "error_uri"}
    assert reply.one("Content-Type") == "application/json"
    assert reply.one("Cache-Control") == "no-store"
    assert reply.one("Pragma") == "no-cache"
    assert len(reply.one("X-Request-Id")) == 32


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422,
                                    429, 500, 503])
def test_a_refusal_of_the_program_is_left_alone(place, status):
    place.status, place.body = status, b'{"of":"the program"}'
    reply = place.ask("POST", body=b"{}")
    assert (reply.status, reply.body) == (status, place.body)
    assert reply.all("WWW-Authenticate") == []


SIZES = [0, 1, 60 * 1024, 64 * 1024]


def buffered(place):
    """What nginx says when it writes a body or an answer to a file."""
    return [line for line in place.nginx.errors().splitlines()
            if "temporary file" in line]


@pytest.mark.parametrize("size", SIZES)
def test_a_body_arrives_whole_and_in_memory(place, size):
    body = os.urandom(size)
    place.ask("POST", headers={"Content-Type": "application/json"}, body=body)
    call = place.last()
    assert call.body == body
    assert call.get("CONTENT_LENGTH") == str(size)
    assert call.get("CONTENT_TYPE") == "application/json"
    assert not buffered(place)


def chunked(body, step):
    out = b""
    for at in range(0, len(body), step):
        part = body[at:at + step]
        out += b"%x\r\n%s\r\n" % (len(part), part)
    return out + b"0\r\n\r\n"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1000, 65536])
def test_a_chunked_body_does_too(place, size, step):
    body = os.urandom(size)
    got = exchange(
        place.nginx.port, b"POST /hasp/v1/keys HTTP/1.1\r\nHost: h\r\n"
        b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunked(body, step))
    assert got.startswith(b"HTTP/1.1 200")
    call = place.last()
    assert call.body == body
    assert call.get("CONTENT_LENGTH") == str(size)
    assert not buffered(place)


@pytest.mark.parametrize("size", SIZES)
def test_an_http2_body_does_too(place, size):
    body = os.urandom(size)
    with httpx.Client(http2=True, verify=trust(place)) as client:
        url = f"https://127.0.0.1:{place.nginx.tls_port}/hasp/v1/session"
        for content in (body, iter([body])):  # with a length, and without
            reply = client.post(url, content=content,
                                headers={"Cookie": "a=b", "Origin": url})
            assert reply.http_version == "HTTP/2"
            call = place.last("accounts")
            assert call.body == body
            assert call.get("CONTENT_LENGTH") == str(size)
            assert call.get("HTTPS") == "on"
            assert call.get("HTTP_COOKIE") == "a=b"
            assert call.get("HTTP_HOST") == \
                f"127.0.0.1:{place.nginx.tls_port}"
    assert not buffered(place)


def test_a_body_too_large_is_413(place):
    before = len(place.programs["keys"].calls)
    reply = place.ask("POST", body=b"x" * (64 * 1024 + 1))
    problem(reply, 413, "body_too_large")
    openapi.check("POST", "/hasp/v1/keys", reply)
    got, sent = push(place.nginx.port, b"POST /hasp/v1/keys HTTP/1.1\r\n"
                     b"Host: h\r\nContent-Length: 1000000000\r\n\r\n",
                     10 ** 9)
    assert got.startswith(b"HTTP/1.1 413 ") and b"body_too_large" in got
    assert sent < 10 ** 8
    got = exchange(
        place.nginx.port, b"POST /hasp/v1/keys HTTP/1.1\r\nHost: h\r\n"
        b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunked(b"x" * 70000, 1000))
    assert got.startswith(b"HTTP/1.1 413 ") and b"body_too_large" in got
    for told in (True, False):
        status, body, sent = push_h2(place.nginx.tls_port, "/hasp/v1/keys",
                                     10 ** 8, trust(place), told)
        assert (status, json.loads(body)["code"]) == (413, "body_too_large")
        assert sent < 10 ** 7
    assert len(place.programs["keys"].calls) == before
    assert not buffered(place)


FORM = (b"grant_type=client_credentials&client_id=mark-1&client_secret=mark-2"
        b"&scope=a%2Bb+c")


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_a_publisher_arrives_as_it_is(place, path):
    """With the client's own Basic, which nginx leaves alone."""
    place.status = 401
    place.body = b'{"error":"invalid_client"}'
    place.headers = [("WWW-Authenticate", 'Basic realm="api"'),
                     ("Cache-Control", "no-store"), ("Pragma", "no-cache")]
    basic = {"Authorization": "Basic YTpi",
             "Content-Type": "application/x-www-form-urlencoded"}
    reply = place.ask("POST", path, basic, FORM)
    call = place.last("apps")
    assert call.body == FORM
    assert call.get("CONTENT_TYPE") == basic["Content-Type"]
    assert call.get("HTTP_AUTHORIZATION") == "Basic YTpi"
    assert (reply.status, reply.body) == (401, place.body)
    for name, value in place.headers:
        assert reply.all(name) == [value]
    assert "mark-" not in place.nginx.accesses() + place.nginx.errors()


@pytest.mark.parametrize("path", FORMS)
def test_a_form_too_large_is_413(place, path):
    before = len(place.programs["apps"].calls)
    oauth(place.ask("POST", path, body=b"x" * (64 * 1024 + 1)), 413,
          "invalid_request", "body_too_large")
    assert len(place.programs["apps"].calls) == before
    assert not buffered(place)


def test_a_large_answer_is_kept_in_memory(place):
    """While a client with little room does not read it, the program is done
    with it and answers others."""
    place.body = os.urandom(2 * 1024 * 1024 - 65536)
    program = place.programs["keys"]
    with socket.socket() as conn:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        conn.connect(("127.0.0.1", place.nginx.port))
        before = len(program.calls)
        conn.sendall(b"GET /hasp/v1/keys HTTP/1.0\r\n\r\n")
        end = time.monotonic() + 10
        while len(program.calls) == before or program.busy():
            assert time.monotonic() < end
            time.sleep(0.01)
        assert not buffered(place)
        got = b""
        while part := conn.recv(65536):
            got += part
    assert got.partition(b"\r\n\r\n")[2] == place.body
    assert not buffered(place)
    for folder in ("body", "fastcgi", "proxy"):
        assert not list((place.nginx.root / folder).iterdir())


LONG = 64 * 1024 * 1024


def test_a_copy_of_the_log_is_passed_on_piece_by_piece(place):
    """The first line before there is a second, and no more than the client
    takes: neither memory nor a file holds the rest."""
    program, read = place.programs["audit"], threading.Event()

    def answer(_):
        yield (b"Status: 200\r\nContent-Type: text/csv\r\n"
               b"X-Accel-Buffering: no\r\n\r\nfirst\n")
        assert read.wait(20)
        for _ in range(LONG // 32768):
            yield bytes(32768)

    program.answer = answer
    with socket.socket() as conn:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        conn.connect(("127.0.0.1", place.nginx.port))
        conn.sendall(b"GET /hasp/v1/audit-events HTTP/1.0\r\n\r\n")
        got = b""
        while not got.endswith(b"\r\n\r\nfirst\n"):
            got += conn.recv(4096)
        assert program.busy() and b"X-Accel-Buffering" not in got
        read.set()
        size = 0
        while size < LONG:
            if size < LONG // 2:
                assert program.busy()
            part = conn.recv(1 << 20)
            assert part
            size += len(part)
        assert (size, conn.recv(1)) == (LONG, b"")
    program.answer = place.answer
    assert not buffered(place)
    assert not list((place.nginx.root / "fastcgi").iterdir())


def test_kept_connections(place):
    place.ask()
    program = place.programs["keys"]
    before = program.accepts
    for _ in range(20):
        place.ask()
    assert program.accepts == before


def test_a_restart_repeats_what_may_be_repeated(place):
    """A kept connection breaks after the request was sent."""
    program = place.programs["keys"]
    for method, tries in (("GET", 2), ("DELETE", 2), ("POST", 1),
                          ("PATCH", 1)):
        program.answer = place.answer
        assert place.ask().status == 200
        broken = []

        def breaks(call, broken=broken):
            if not broken:
                broken.append(call)
                return None
            return place.answer(call)

        program.answer = breaks
        before = len(program.calls)
        reply = place.ask(method, body=b"{}" if tries == 1 else None)
        assert len(program.calls) - before == tries, method
        if tries == 2:
            assert reply.status == 200
        else:
            problem(reply, 503, "check_unreachable")
            assert reply.one("Retry-After") == "1"
    program.answer = place.answer


def test_a_program_that_is_not_there_is_503(needs_nginx, folder):
    nginx = Nginx(folder / "none", SITE, folder / "none" / "auth-check.sock")
    with nginx:
        for path, _ in PATHS:
            for method in ("GET", "POST"):
                reply = ask(nginx.port, method, path, (), b"{}")
                if path in FORMS:
                    oauth(reply, 503, "temporarily_unavailable",
                          "check_unreachable")
                else:
                    problem(reply, 503, "check_unreachable")
                assert reply.one("Retry-After") == "1"
                assert reply.all("WWW-Authenticate") == []


def test_a_program_that_answers_nonsense_is_503(place):
    program = place.programs["accounts"]
    for nonsense in (b"", b"\r\n", b"Status: 200"):
        program.answer = lambda call, text=nonsense: text
        reply = place.ask("POST", "/hasp/v1/session", (), b"{}")
        if nonsense != b"\r\n":
            problem(reply, 503, "check_unreachable")
    program.answer = place.answer


def test_logs_hold_no_secret(place):
    marks = {"Authorization": "Bearer mark-1", "Cookie": "__Host-hasp=mark-2",
             "X-CSRF-Token": "mark-3", "X-Hasp-Proof": "mark-4",
             "Idempotency-Key": "mark-5"}
    for status in (200, 401):
        place.status = status
        place.ask("POST", "/hasp/v1/session?password=mark-6", marks,
                  b'{"password":"mark-7"}')
    assert "/hasp/v1/session" in place.nginx.accesses()
    assert "mark-" not in place.nginx.accesses()
    assert "mark-" not in place.nginx.errors()


def test_traversal_does_not_lead_past_the_locations(place):
    for path, program in (("/hasp/v1/x/../keys", "keys"),
                          ("/hasp/v1//keys", "keys"),
                          ("/hasp/v1/%6beys", "keys")):
        conn = http.client.HTTPConnection("127.0.0.1", place.nginx.port,
                                          timeout=30)
        assert send(conn, "GET", path).status == 200
        conn.close()
        assert place.last(program).get("DOCUMENT_URI") == "/hasp/v1/keys"
        assert place.last(program).get("REQUEST_URI") == path


def test_whatever_else_is_there_is_404(place):
    reply = place.ask(path="/hasp/v1/odd")
    problem(reply, 404, "not_found")
    openapi.check("GET", "/hasp/v1/odd", reply)
    got = json.loads(place.ask(path="/hasp/v1/openapi.json").body)
    assert got["openapi"] == "3.1.0"
