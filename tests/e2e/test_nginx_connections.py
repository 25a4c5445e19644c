# SPDX-License-Identifier: ISC
"""Connections from nginx to the check are kept, and a restart of the program
costs nobody a request."""

import http.client
import threading

import pytest

from fastcgi_answer import Answerer
from nginx_server import Nginx
from wire import send

CHECKS = 10240
CLIENTS = 16
WORKERS = 2
KEEPALIVE = 32  # in hasp.conf

TEXT = """
server {
	listen @PORT@;
	include @H@/hasp-server.conf;
	location / {
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-proxy.conf;
		root @ROOT@/pages;
	}
}
"""


def answer(call):
    if call.get("HTTP_AUTHORIZATION") == "good":
        return b"Status: 204\r\nX-Hasp-Account: 7\r\n\r\n"
    return b"Status: 401\r\nHasp-Status: 401\r\n\r\n"


@pytest.fixture(name="world")
def make_world(needs_nginx, folder, tmp_path_factory):
    root = folder / tmp_path_factory.mktemp("c").name
    nginx = Nginx(root, TEXT, workers=WORKERS)
    (root / "pages").mkdir()
    (root / "pages" / "index.html").write_text("page", encoding="ascii")
    answerer = Answerer(nginx.auth_socket, answer)
    with nginx:
        yield nginx, answerer
    answerer.close()


def clients(port, requests, work):
    """CLIENTS threads, each with a connection, make REQUESTS in all; work(n)
    says method and headers. The statuses, counted."""
    counts, lock = {}, threading.Lock()

    def client():
        conn = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for number in range(requests // CLIENTS):
            method, headers = work(number)
            status = send(conn, method, "/index.html", headers).status
            with lock:
                counts[status] = counts.get(status, 0) + 1
        conn.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts


def test_connections_are_kept(world):
    """Allowed and refused, 10 240 checks take no more connections than nginx
    may keep."""
    nginx, answerer = world
    counts = clients(nginx.port, CHECKS, lambda n: (
        "GET", {"Authorization": "good" if n % 2 else "bad"}))
    assert counts == {200: CHECKS // 2, 401: CHECKS // 2}
    # Index pages and the like would double it: one check a request.
    assert len(answerer.calls) == CHECKS
    assert answerer.accepts <= WORKERS * KEEPALIVE
    assert "[error]" not in nginx.errors() and "[crit]" not in nginx.errors()


def test_closed_kept_connections_cost_nothing(world):
    """All connections go while nginx holds them idle: the next requests, of
    every method, take new ones."""
    nginx, answerer = world
    for _ in range(5):
        clients(nginx.port, 160, lambda n: ("GET", {"Authorization": "good"}))
        answerer.drop()
        counts = clients(nginx.port, 160, lambda n: (
            ("POST", "PUT", "DELETE", "GET", "PATCH")[n % 5],
            {"Authorization": "bad"}))
        assert counts == {401: 160}
