# SPDX-License-Identifier: ISC
"""hasp-portal.conf: what is served at /hasp/ and with which headers. The pages
are stand-ins: those of the portal are walked through in tests/portal."""

import gzip
import json
import shutil

import pytest

from nginx_server import Nginx
from wire import ask

SITE = """
server {
	listen @PORT@;
	autoindex on;
	add_header X-Of-The-Server yes always;
	include @H@/hasp-site.conf;
	rewrite ^/hasp/assets/app-A.js$ /elsewhere;
	include @H@/hasp-manage.conf;
	include @H@/hasp-portal.conf;
	location / { proxy_pass http://127.0.0.1:1; }
}
"""

FILES = {
    "index.html": "text/html; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "licences.txt": "text/plain; charset=utf-8",
    "assets/app-A.js": "text/javascript; charset=utf-8",
    "assets/app-A.css": "text/css; charset=utf-8",
}

POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
    "img-src": "'self'", "connect-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'", "trusted-types": "'none'"}


@pytest.fixture(name="place", scope="module")
def make_place(needs_nginx, folder):
    pages = folder / "portal"
    (pages / "assets").mkdir(parents=True)
    for name in FILES:
        (pages / name).write_text(f"what {name} is; " * 200)
    server = Nginx(folder / "n", SITE, folder / "auth-check.sock")
    config = server.root / "hasp" / "hasp-portal.conf"
    text = config.read_text()
    for line in text.splitlines():
        if line.strip().startswith("alias "):
            path = line.split()[1].rstrip(";")
            end = "/assets/" if path.endswith("/assets/") else "/"
            text = text.replace(f"alias {path};", f"alias {pages}{end};")
    config.write_text(text)
    with server:
        yield server
    shutil.rmtree(pages)


def headers_of_a_page(reply):
    """What every answer of the portal's locations has."""
    policy = dict(part.strip().split(" ", 1) for part in reply.one(
        "Content-Security-Policy").split(";"))
    assert policy == POLICY
    assert reply.one("X-Content-Type-Options") == "nosniff"
    assert reply.one("Referrer-Policy") == "no-referrer"
    assert reply.one("Cross-Origin-Opener-Policy") == "same-origin"
    assert reply.one("Cross-Origin-Resource-Policy") == "same-origin"
    assert reply.one("Set-Cookie") is None
    assert reply.one("X-Of-The-Server") is None


@pytest.mark.parametrize("name, kind", FILES.items())
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_file_has_its_type_and_the_headers(place, method, name, kind):
    reply = ask(place.port, method, f"/hasp/{name}")
    assert (reply.status, reply.one("Content-Type")) == (200, kind)
    headers_of_a_page(reply)
    assert reply.body.decode() == (
        f"what {name} is; " * 200 if method == "GET" else "")
    assert reply.one("Cache-Control") == (
        "public, max-age=31536000, immutable" if "assets/" in name
        else "no-cache")


def test_the_folder_is_the_first_page(place):
    reply = ask(place.port, "GET", "/hasp/")
    assert reply.status == 200 and b"index.html" in reply.body
    headers_of_a_page(reply)
    assert reply.one("Cache-Control") == "no-cache"
    tag = reply.one("ETag")
    again = ask(place.port, "GET", "/hasp/", {"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    headers_of_a_page(again)


def test_without_the_slash_it_leads_there(place):
    reply = ask(place.port, "GET", "/hasp")
    assert (reply.status, reply.one("Location")) == (301, "/hasp/")


@pytest.mark.parametrize("name", ["", *FILES])
def test_what_is_large_comes_compressed(place, name):
    reply = ask(place.port, "GET", f"/hasp/{name}",
                {"Accept-Encoding": "gzip"})
    assert reply.status == 200 and reply.one("Vary") == "Accept-Encoding" \
        or name == "licences.txt"
    headers_of_a_page(reply)
    if reply.one("Content-Encoding"):
        assert gzip.decompress(reply.body).startswith(b"what ")
    assert bool(reply.one("Content-Encoding")) == (name != "licences.txt")


@pytest.mark.parametrize("path", [
    "/hasp/nothing", "/hasp/assets/", "/hasp/assets/nothing.js",
    "/hasp/assets", "/hasp/keys", "/hasp/index.html/", "/hasp/v2/keys"])
def test_what_is_not_there_is_a_problem_and_no_list(place, path):
    reply = ask(place.port, "GET", path)
    if reply.status == 301:
        assert path == "/hasp/assets"
        assert reply.one("Location").endswith("/hasp/assets/")
        return
    assert (reply.status, reply.json()["code"]) == (404, "not_found")
    assert reply.one("Content-Type") == "application/problem+json"
    assert b"app-A" not in reply.body


@pytest.mark.parametrize("path", [
    "/hasp/../../../etc/passwd", "/hasp/%2e%2e/%2e%2e/etc/passwd",
    "/hasp/assets/../../pg/PG_VERSION", "/hasp/assets..%2findex.html"])
def test_nothing_else_is_served(place, path):
    reply = ask(place.port, "GET", path)
    # Whatever is outside of /hasp/ takes a key.
    assert reply.status in (400, 401, 404, 503)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS",
                                    "PATCH"])
def test_pages_are_read_and_nothing_else(place, method):
    reply = ask(place.port, method, "/hasp/index.html")
    assert (reply.status, reply.json()["code"]) == (405, "method_not_allowed")
    assert reply.one("Allow") == "GET, HEAD"


def test_it_does_not_hide_what_is_beside_it(place):
    reply = ask(place.port, "GET", "/hasp/errors")
    assert (reply.status, reply.one("Content-Type")) == (
        200, "text/html; charset=utf-8")
    reply = ask(place.port, "GET", "/hasp/v1/openapi.json")
    assert json.loads(reply.body)["openapi"]
    for path in "/hasp/v1/keys", "/hasp/v1/whoami":
        assert ask(place.port, "GET", path).status == 503, path
    assert ask(place.port, "GET", "/other").status == 503
