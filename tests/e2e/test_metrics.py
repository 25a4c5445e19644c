# SPDX-License-Identifier: ISC
"""Metrics: each program tells what it really did, at a socket that does
nothing else, whatever becomes of the database."""

import os
import re
import signal
import socket
import stat
import subprocess
import threading
import time

import pytest

import keys
import metrics_text
import nginx_server
from auth_world import api, bearer, code, malformed, ask_row
from fcgi_raw import AUTHORIZER, Client, NOOP, Program, try_send, whole
from manage_world import API
from metrics_text import read, scrape
from wire import ask

HISTOGRAM = "hasp_request_duration_seconds_count"
EVERY = {"hasp_build_info", "process_start_time_seconds",
         "hasp_requests_total", "hasp_request_duration_seconds",
         "hasp_connections", "hasp_config_reloads_total"}


@pytest.fixture
def root(tmp_path_factory):
    """A folder whose paths are short enough for sockets."""
    return tmp_path_factory.mktemp("m")


@pytest.fixture
def noop(root):
    with Program(root, options={
            "metrics_listen": str(root / "metrics.sock")}) as program:
        program.metrics = root / "metrics.sock"
        yield program


# -- the socket ------------------------------------------------------------

def test_nothing_by_default(root):
    with Program(root) as p:
        assert os.listdir(root).count("fcgi.sock") == 1
        assert not [name for name in os.listdir(root) if "metrics" in name]
        assert not re.search(" metrics ", p.log.read_text())


def test_counts_while_requests_go_on(noop):
    """Nothing is lost, nothing counts twice, and each text fits itself."""
    begun = time.time()
    assert read(noop.metrics).all("hasp_requests_total") == {}

    def work():
        with noop.client() as client:
            for _ in range(500):
                client.ask()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    last = 0
    while any(thread.is_alive() for thread in threads):
        text = read(noop.metrics)
        seen = text.all("hasp_requests_total").get("ok", 0)
        assert last <= seen <= 2000
        assert text("hasp_connections") <= 4
        last = seen
    text = read(noop.metrics)
    # Scrapes are not among them.
    assert text.all("hasp_requests_total") == {"ok": 2000}
    assert text(HISTOGRAM) == 2000
    assert text("hasp_request_duration_seconds_sum") > 0
    # To a minute: clocks may be set meanwhile.
    assert abs(text("process_start_time_seconds") - begun) < 60
    version = subprocess.run([NOOP, "--version"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.split()[-1]
    assert text.all("hasp_build_info") == {version: 1}
    assert set(text.types) == EVERY


def test_an_answer_is_counted_before_it_is_there(noop):
    with noop.client() as client, Client(noop.metrics) as scraper:
        for n in range(1, 200):
            client.ask()
            text = scraper.ask(metrics_text.ASK).body.decode()
            assert 'hasp_requests_total{code="ok"} %d\n' % n in text


def test_connections(noop):
    clients = [noop.client() for _ in range(5)]
    for client in clients:
        client.ask()
    assert read(noop.metrics)("hasp_connections") == 5
    for client in clients:
        client.close()
    end = time.monotonic() + 20
    while read(noop.metrics)("hasp_connections") and time.monotonic() < end:
        time.sleep(0.01)
    assert read(noop.metrics)("hasp_connections") == 0


def test_the_second_socket_does_nothing_else(noop):
    for path in ("/", "/echo", "/metrics/", "/metricsx", "/Metrics", "",
                 "//metrics", "/metrics?x", "/hasp/v1/whoami"):
        answer = scrape(noop.metrics, DOCUMENT_URI=path)
        assert (answer.status, code(answer)) == (404, "not_found"), path
    assert scrape(noop.metrics, HASP_ACTION="check").status == 404
    with Client(noop.metrics) as client:
        assert client.ask(role=AUTHORIZER).status == 404
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "get", "TRACE"):
        answer = scrape(noop.metrics, REQUEST_METHOD=method)
        assert (answer.status, code(answer)) == (405, "method_not_allowed")
        assert dict(answer.headers)["Allow"] == "GET, HEAD"
    head = scrape(noop.metrics, REQUEST_METHOD="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(dict(head.headers)["Content-Length"]) > 1000
    # It takes no body.
    with Client(noop.metrics) as client:
        client.send(whole(metrics_text.ASK, b"x" * 100000))
        assert client.is_closed()
    assert read(noop.metrics).all("hasp_requests_total") == {}


def test_the_first_socket_has_no_metrics(noop):
    with noop.client() as client:
        answer = client.ask(metrics_text.ASK)
        assert (answer.status, code(answer)) == (404, "not_found")
    assert read(noop.metrics).all("hasp_requests_total") == {"not_found": 1}


def test_bad_peers_keep_nobody_out(noop):
    """More connections than it keeps, silent, half and wrong ones."""
    bad = []
    for i in range(60):
        client = Client(noop.metrics)
        bad.append(client)
        if i % 3 == 1:
            client.send(whole(metrics_text.ASK)[:40])
        elif i % 3 == 2:
            client.send(b"GET /metrics HTTP/1.1\r\n\r\n")
    assert read(noop.metrics)("hasp_connections") == 0
    with noop.client() as client:
        assert client.ask().status == 204
    for client in bad:
        client.close()
    assert noop.stop()[0] == 0


def test_mode_and_end(noop):
    there = os.stat(noop.metrics)
    assert stat.S_ISSOCK(there.st_mode)
    assert stat.S_IMODE(there.st_mode) == 0o660
    kept = Client(noop.metrics)
    assert kept.ask(metrics_text.ASK).status == 200
    status, took = noop.stop()
    assert status == 0 and kept.is_closed()
    assert not noop.metrics.exists()
    kept.close()


def test_a_successor_may_come_at_once(root, noop):
    """While the one before still ends; it leaves the new one's socket."""
    silent = noop.client()
    noop.process.send_signal(signal.SIGTERM)
    while noop.socket.exists():
        time.sleep(0.001)
    heir = Program(root, options=noop.options)
    heir.log = root / "heir.log"
    with heir:
        assert noop.process.wait(20) == 0
        silent.close()
        with heir.client() as client:
            client.ask()
        assert read(noop.metrics).all("hasp_requests_total") == {"ok": 1}


def test_what_a_killed_one_leaves(noop):
    noop.stop(signal.SIGKILL)
    assert noop.metrics.exists()
    noop.start()
    assert read(noop.metrics)(HISTOGRAM) == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give away groups")
def test_group(root):
    with Program(root, options={
            "metrics_listen": str(root / "metrics.sock"),
            "socket_group": "1", "socket_mode": "0640"}):
        there = os.stat(root / "metrics.sock")
        assert (there.st_gid, stat.S_IMODE(there.st_mode)) == (1, 0o640)


def test_over_tcp(root):
    port = nginx_server.free_port()
    with Program(root, options={"metrics_listen": f"127.0.0.1:{port}"}):
        assert read(("127.0.0.1", port))(HISTOGRAM) == 0


@pytest.mark.parametrize("where", ["relative", "localhost:1", "127.0.0.1:0",
                                   "@/fcgi.sock", "@/no/folder/sock"])
def test_places_that_are_none(root, where):
    """The program does not start without what it was told to open."""
    program = Program(root, options={
        "metrics_listen": where.replace("@", str(root))})
    done = subprocess.run([program.program, "--config", program.config],
                          capture_output=True, text=True, timeout=20,
                          check=False)
    assert done.returncode in (71, 78)
    assert "start_failed what=metrics_listen" in done.stderr
    assert not (root / "fcgi.sock").exists()


def test_inherited_sockets_are_the_programs(root):
    """Standard input that listens is the first socket, never the second."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "own.sock"))
        listener.listen(8)
        with Program(root, options={
                "metrics_listen": str(root / "metrics.sock")},
                stdin=listener):
            assert scrape(root / "own.sock").status == 404
            assert read(root / "metrics.sock").all(
                "hasp_requests_total") == {"not_found": 1}


def reload(program, event):
    program.write_config()
    program.process.send_signal(signal.SIGHUP)
    program.wait_log(f" {event}\\b")


def test_reloads(noop):
    name = "hasp_config_reloads_total"
    reload(noop, "config_read")
    assert read(noop.metrics).all(name) == {"ok": 1}
    noop.options["workers"] = "many"
    reload(noop, "config_refused")
    assert read(noop.metrics).all(name) == {"ok": 1, "refused": 1}
    del noop.options["workers"]
    noop.options["metrics_listen"] += "2"
    reload(noop, "config_read restart_needed=yes")
    assert read(noop.metrics).all(name) == {"ok": 2, "refused": 1}


def test_allowed_users(noop):
    """Those of the first socket, as of the last time they were read."""
    mine = os.getuid()
    noop.options["allowed_users"] = str(mine + 1)
    reload(noop, "config_read")
    with Client(noop.metrics) as client:
        try_send(client, whole(metrics_text.ASK))
        assert client.is_closed()
    noop.options["allowed_users"] = str(mine)
    noop.write_config()
    noop.process.send_signal(signal.SIGHUP)
    noop.wait_log(" config_read ", 2)
    assert read(noop.metrics)(HISTOGRAM) == 0


# -- the programs ----------------------------------------------------------

def test_checks_are_counted_by_code(managed):
    where = managed.folder / "metrics.sock"
    before = read(where)
    key = managed.key()
    admin = managed.key(role="'admin'")
    want = {"ok": 8, "key_unknown": 5}
    for _ in range(3):
        assert managed.ask(bearer(key)).status == 204
    for given, why in malformed(key.text):
        assert code(ask_row(managed, given)) == why
        want[why] = want.get(why, 0) + 1
    for _ in range(5):
        assert managed.ask("Bearer " + keys.make()).status == 401
    # Folded for nginx, or not a check at all.
    assert managed.ask(bearer(key), HASP_REFUSAL="fold",
                       REQUEST_METHOD="POST").status == 403
    want["role_insufficient"] = 1
    for path in ("whoami",) * 4 + ("healthz",):
        assert api(managed, f"{API}/{path}", bearer(admin)).status == 200
    after = read(where)
    assert after.since(before) == want
    assert after(HISTOGRAM) - before(HISTOGRAM) == sum(want.values())


def test_each_program_tells_its_own(managed):
    told = {name: read(managed.folder / path / "metrics.sock")
            for name, path in (("auth-check", "."), ("keys", "keys"),
                               ("accounts", "accounts"),
                               ("audit", "audit"))}
    for name, text in told.items():
        assert EVERY < set(text.types)
        assert "hasp_requests_waiting" in text.types
        assert ("hasp_verifier_lease_seconds" in text.types) \
            == (name == "auth-check")
        assert ("hasp_fence_waits_total" in text.types) \
            == (name in ("keys", "accounts"))


def test_changes_are_counted(managed):
    where = managed.folder / "keys" / "metrics.sock"
    admin = managed.key(role="'admin'")
    before = read(where)
    made = managed.call("POST", "/keys", {"name": "n", "role": "read"},
                        admin)
    assert made.status == 201
    assert managed.call("GET", f"/keys/{made.json['id']}",
                        key=admin).status == 200
    assert managed.call("GET", "/keys").status == 401
    counted = read(where).since(before)
    assert counted.pop("ok") == 2
    assert sum(counted.values()) == 1


def test_nothing_of_anybody_is_told(managed):
    """Neither keys nor ids, accounts, names, addresses or requests, whatever
    they hold."""
    key, admin = managed.key(), managed.key(role="'admin'")
    odd = 'x"} 1\nhasp_requests_total{code="ok'
    for _ in range(2):
        managed.ask(bearer(key), REMOTE_ADDR="203.0.113.77",
                    REQUEST_ID="feedfacecafe", SERVER_NAME="shop.example",
                    REQUEST_URI="/very/secret")
        managed.ask(bearer(key), HASP_REQUIRE=odd, REQUEST_METHOD=odd,
                    REQUEST_URI="/" + odd, HTTP_X_API_KEY=odd)
    made = managed.call("POST", "/keys", {"name": "Wonderful name",
                                          "role": "read"}, admin)
    for ident in (key.id, made.json["id"], "feedfacecafe"):
        managed.call("GET", "/audit-events/" + ident, key=admin)
        managed.call("GET", "/usage?key=" + key.id, key=admin)
    for place in (".", "keys", "accounts", "audit"):
        where = managed.folder / place / "metrics.sock"
        read(where)
        text = scrape(where).body.decode()
        for needle in (key.text, key.text[-20:], key.id, key.id[4:], admin.id,
                       made.json["id"], made.json["secret"], "203.0.113.77",
                       "feedface", "shop.example", "very/", "Wonderful"):
            assert needle not in text, needle
        labels = "".join(re.findall(r"\{[^}]*\}", text))
        assert str(key.account) not in labels and "/" not in labels
    # However many keys ask, there are no more lines.
    lines = len(scrape(managed.folder / "metrics.sock").body.splitlines())
    for _ in range(30):
        managed.ask(bearer(managed.key()))
    assert len(scrape(managed.folder / "metrics.sock").body.splitlines()) \
        == lines


def test_database_stopped(managed):
    where = managed.folder / "metrics.sock"
    before = read(where)
    managed.cluster.stop("immediate")
    try:
        for _ in range(3):
            assert managed.ask("Bearer " + keys.make()).status == 503
        assert sum(read(where).since(before).values()) == 3
        for name in ("keys", "accounts", "audit"):
            read(managed.folder / name / "metrics.sock")
    finally:
        managed.cluster.start()
    assert managed.cluster.wait_for(
        lambda: managed.ask("Bearer " + keys.make()).status == 401)


def pending(managed, where):
    """Whether metrics were told while a check waited for the database."""
    before = read(where)
    with managed.program.client() as client:
        client.send(whole({
            "HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
            "REQUEST_METHOD": "GET", "REQUEST_URI": "/", "DOCUMENT_URI": "/",
            "HTTP_AUTHORIZATION": "Bearer " + keys.make()}))
        told = read(where).since(before) == {}
        assert client.answer().status in (401, 503)
    return told and sum(read(where).since(before).values()) == 1


def test_database_frozen(managed):
    """A scrape waits for nobody's look-up."""
    where = managed.folder / "metrics.sock"
    for _ in range(20):
        stopped = managed.cluster.freeze()
        try:
            told = pending(managed, where)
        finally:
            managed.cluster.thaw(stopped)
        assert managed.cluster.wait_for(
            lambda: managed.ask("Bearer " + keys.make()).status == 401)
        if told:
            return
    raise AssertionError("each scrape came after the check's answer")


# -- through nginx ---------------------------------------------------------

SERVERS = """
server {
	listen @PORT@;
	include @H@/hasp-server.conf;
	include @H@/hasp-metrics.conf;
	rewrite ^/hasp/metrics/auth-check$ /elsewhere last;
	satisfy any;
	location / { return 204; }
}
server {
	listen 127.0.0.1:@OTHER@;
	include @H@/hasp-metrics.conf;
	location / { return 404; }
}
"""


def ask_from(source, port, path):
    """The status of a GET from the address SOURCE."""
    with socket.create_connection(("127.0.0.1", port), 20,
                                  (source, 0)) as conn:
        conn.sendall(f"GET {path} HTTP/1.0\r\nHost: h\r\n"
                     "X-Forwarded-For: 127.0.0.1\r\n\r\n".encode())
        return int(conn.makefile("rb").readline().split()[1])


@pytest.mark.usefixtures("needs_nginx")
def test_through_nginx(root):
    other = nginx_server.free_port()
    program = Program(root, options={
        "metrics_listen": str(root / "auth-check-metrics.sock")})
    program.start()
    nginx = nginx_server.Nginx(root / "n", SERVERS.replace(
        "@OTHER@", str(other)), root / "fcgi.sock")
    nginx.start()
    try:
        for port in nginx.port, other:
            path = "/hasp/metrics/auth-check"
            reply = ask(port, "GET", path)
            assert reply.status == 200
            assert reply.all("Content-Type") == [metrics_text.TYPE]
            assert reply.one("Cache-Control") == "no-store"
            assert metrics_text.Text(reply.body.decode())(HISTOGRAM) == 0
            assert ask(port, "HEAD", path).status == 200
            reply = ask(port, "POST", path, body=b"x")
            assert (reply.status, reply.one("Allow")) == (405, "GET, HEAD")
            assert ask_from("127.0.0.1", port, path) == 200
            # Not this machine's one address, but somebody else's.
            assert ask_from("127.0.0.2", port, path) == 403
            for where in ("", "keys/", "auth-check/", "nothing"):
                assert ask(port, "GET", f"/hasp/metrics/{where}").status == 404
            # That program does not run.
            assert ask(port, "GET", "/hasp/metrics/keys").status >= 500
    finally:
        nginx.stop()
        program.stop()
