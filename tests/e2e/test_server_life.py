# SPDX-License-Identifier: ISC
"""Signals, drain, restart, what the server tells systemd, and that it costs
nothing while nothing is asked."""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

import fcgi_raw
import nginx_server
from fcgi_raw import Closed, Program, whole

LONG = os.environ.get("HASP_LONG") == "1"
NOT_FOUND = {"REQUEST_METHOD": "GET", "DOCUMENT_URI": "/none"}


@pytest.fixture
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("s")


def drained_in(program):
    """Milliseconds that the last drain took by the program's own clock."""
    line = program.wait_log(" stop ")[-1]
    assert line.endswith("cut_off=0"), line
    return int(re.search(r" ms=(\d+)", line).group(1))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_with_clients_of_every_kind(root, number):
    with Program(root) as p:
        kept = [p.client() for _ in range(5)]
        for client in kept:
            assert client.ask().status == 204
        silent, begun = p.client(), p.client()
        begun.send(whole()[:50])
        p.wait_log(" connection ", 7)
        status, seconds = p.stop(number)
        assert status == 0
        print(f"ended in {seconds:.3f} s with a half-open client; "
              f"by its own clock {drained_in(p)} ms")
        for client in [*kept, silent, begun]:
            assert client.is_closed()


def test_ends_at_once_when_nobody_is_there(root):
    with Program(root) as p:
        with p.client() as client:
            client.ask()
        status, _ = p.stop()
        assert status == 0
        print(f"drained in {drained_in(p)} ms")


def test_who_has_just_connected_is_served(root):
    with Program(root) as p:
        client = p.client()
        p.wait_log(" connection ")
        p.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        client.send(whole())
        assert client.answer().status == 204
        assert client.is_closed()
        assert p.stop()[0] == 0


def test_who_waits_in_the_backlog_is_served(root):
    """Our own socket is closed with the program: nobody else would come."""
    for _ in range(20):
        with Program(root, options={"workers": 1}) as p:
            clients = [p.client() for _ in range(20)]
            for client in clients:
                client.send(whole(keep=0))
            p.process.send_signal(signal.SIGTERM)
            for client in clients:
                assert client.answer().status == 204
            assert p.stop()[0] == 0


def test_no_request_on_a_kept_connection_is_swallowed(root):
    """What could be sent is answered; after that nothing can be sent."""
    answered = refused = 0
    for i in range(30):
        with Program(root, options={"workers": 2}) as p:
            clients = [p.client() for _ in range(4)]
            for client in clients:
                assert client.ask().status == 204
            killer = threading.Timer(i / 3000, p.process.terminate)
            killer.start()
            while clients:
                for client in list(clients):
                    try:
                        client.send(whole())
                    except BrokenPipeError:
                        refused += 1
                        clients.remove(client)
                        continue
                    assert client.answer().status == 204
                    answered += 1
            killer.join()
            assert p.stop()[0] == 0
    print(f"{answered} answered, {refused} refused, none swallowed")
    assert refused == 120


def test_signals_that_mean_nothing(root):
    with Program(root) as p:
        with p.client() as client:
            for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
                p.process.send_signal(number)
                assert client.ask().status == 204
        assert p.stop()[0] == 0


def test_configuration_read_again(root):
    with Program(root) as p:
        client = p.client()

        def named():
            return client.ask(NOT_FOUND).body

        assert b'"/hasp/errors#not_found"' in named()
        good = p.config.read_text()
        p.config.write_text(good + "[problem]\ntype_base = /other#\n")
        p.process.send_signal(signal.SIGHUP)
        p.wait_log("config_read restart_needed=no")
        # Workers take it up between two requests; so does the kept one.
        assert b'"/other#not_found"' in named()
        # A bad one changes nothing and is named with file and line.
        p.config.write_text(good + "[problem]\ntype_base = /third#\nx = y\n")
        p.process.send_signal(signal.SIGHUP)
        line = p.wait_log("config_refused")[0]
        assert f"{p.config}:{len(good.splitlines()) + 3}:" in line
        assert b'"/other#not_found"' in named()
        p.config.unlink()
        p.process.send_signal(signal.SIGHUP)
        p.wait_log("config_refused", 2)
        assert b'"/other#not_found"' in named()
        p.options["workers"] = 3
        p.write_config()
        p.process.send_signal(signal.SIGHUP)
        p.wait_log("config_read restart_needed=yes")
        assert b'"/hasp/errors#not_found"' in named()
        assert p.stop()[0] == 0


def test_configuration_read_again_under_load(root):
    with Program(root) as p:
        done = threading.Event()

        def ask():
            with p.client() as client:
                while not done.is_set():
                    assert client.ask(NOT_FOUND).status == 404
            finished.append(True)

        finished = []
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for i in range(50):
            p.process.send_signal(signal.SIGHUP)
            p.wait_log("config_read", i + 1)
        done.set()
        for thread in threads:
            thread.join()
        assert len(finished) == 4
        assert p.stop()[0] == 0


def test_pid_file(root):
    path = root / "pid"
    with Program(root, options={"pid_file": path}) as p:
        assert path.read_text() == f"{p.process.pid}\n"
        assert p.stop()[0] == 0
        assert not path.exists()
        p.start()
        # Another has taken over: it is not ours to remove.
        path.write_text("1\n")
        assert p.stop()[0] == 0
        assert path.read_text() == "1\n"
    assert sorted(os.listdir(root)) == ["hasp.conf", "log", "pid"]


def test_pid_file_that_cannot_be_written(root):
    with pytest.raises(AssertionError, match="what=pid_file"):
        Program(root, options={"pid_file": root / "none" / "pid"}).start()
    assert not (root / "fcgi.sock").exists()


def receive(sock, want):
    """The datagram that WANT is found in."""
    while True:
        text = sock.recv(4096).decode()
        if re.fullmatch(want, text):
            return text


@pytest.mark.parametrize("abstract", [False, True])
def test_tells_systemd(root, abstract):
    name = f"hasp-test-{os.getpid()}" if abstract else str(root / "notify")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.settimeout(10)
    sock.bind(f"\0{name}" if abstract else name)
    env = {**os.environ, "NOTIFY_SOCKET": f"@{name}" if abstract else name,
           "WATCHDOG_USEC": "200000"}
    with Program(root, env=env) as p:
        receive(sock, "READY=1")
        receive(sock, "WATCHDOG=1")
        p.process.send_signal(signal.SIGHUP)
        receive(sock, r"RELOADING=1\nMONOTONIC_USEC=\d+")
        receive(sock, "READY=1")
        receive(sock, "WATCHDOG=1")
        p.process.send_signal(signal.SIGTERM)
        receive(sock, "STOPPING=1")
        assert p.stop()[0] == 0


def test_costs_nothing_while_nothing_is_asked(root):
    """100 idle kept connections and half a request."""
    with Program(root, options={"request_timeout": 60000}) as p:
        kept = [p.client() for _ in range(100)]
        for client in kept:
            assert client.ask().status == 204
        begun = p.client()
        begun.send(whole()[:50])
        time.sleep(0.2)
        before = p.cpu()
        time.sleep(2)
        used = p.cpu() - before
        print(f"{used:.2f} s of processor time in 2 s")
        # Spinning would use all 2 s of it.
        assert used <= 0.1
        begun.send(whole()[50:])
        assert begun.answer().status == 204


def test_one_connection_for_many_requests(root):
    with Program(root) as p:
        with p.client() as client:
            for _ in range(1000):
                assert client.ask().status == 204
        assert len(p.wait_log(" connection ")) == 1
        assert len(p.wait_log(" request ", 1000)) == 1000


def test_no_parameter_in_the_log(root):
    secret = os.urandom(12).hex()
    with Program(root) as p:
        with p.client() as client:
            client.ask({**fcgi_raw.CHECK, "REQUEST_ID": "abc",
                        "HTTP_AUTHORIZATION": f"Bearer {secret}",
                        "REQUEST_URI": f"/?key={secret}"})
        p.wait_log(r" request id=abc route=\(check\) .*status=204 code=ok")
        assert secret not in p.log.read_text()


# The check by the shipped files, which keep connections, and by a location
# that makes a new one each time, as other web servers do.
SITE = """
server { listen unix:@ROOT@/site; return 200 site; }
upstream site { server unix:@ROOT@/site; keepalive 16; }
server {
	listen @PORT@;
	include @H@/hasp-server.conf;
	proxy_http_version 1.1;
	proxy_set_header Connection "";
	location /kept {
		include @H@/hasp-protect.conf;
		proxy_pass http://site;
	}
	location /new {
		auth_request /new-check;
		proxy_pass http://site;
	}
	location = /new-check {
		internal;
		fastcgi_pass_request_body off;
		fastcgi_param HASP_ACTION check;
		fastcgi_pass unix:HELD;
	}
}
"""


@pytest.fixture
def held(root):
    """A listening socket that outlives the program, as systemd holds it."""
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(str(root / "held"))
    os.chmod(root / "held", 0o666)
    sock.listen(4096)
    yield sock
    sock.close()


@pytest.mark.parametrize("place", ["kept", "new"])
def test_restarts_under_load(root, held, place, needs_nginx):
    """Not one request fails, though the program ends again and again."""
    del needs_nginx
    if shutil.which("wrk") is None:
        pytest.skip("wrk is not installed")
    restarts = 100 if LONG else 10
    os.chmod(root, 0o755)
    drains, begun = [], time.monotonic()
    site = SITE.replace("HELD", str(root / "held"))
    p = Program(root, stdin=held, level="notice")
    with nginx_server.Nginx(root / "ng", site, root / "held", 2) as nginx, p:
        load = subprocess.Popen(
            ["wrk", "-t1", "-c16", f"-d{restarts // 7 + 1}s",
             f"{nginx.url}/{place}"], stdout=subprocess.PIPE, text=True)
        for _ in range(restarts):
            time.sleep(0.1)
            assert p.stop()[0] == 0
            drains.append(drained_in(p))
            p.start()
        print(f"{restarts} restarts in {time.monotonic() - begun:.1f} s, "
              f"drains of {max(drains)} ms at most")
        said, _ = load.communicate(timeout=60)
        print(said)
        # nginx writes to a kept connection that has just been closed, says so
        # and takes another. A request that got lost would say otherwise.
        retried = re.compile(r"writev\(\) failed \(32: Broken pipe\)")
        errors = [line for line in nginx.errors().splitlines()
                  if "[error]" in line or "[alert]" in line]
        lost = [line for line in errors if not retried.search(line)]
        print(f"{len(errors) - len(lost)} retried on another connection")
        assert not lost
    assert "Non-2xx" not in said and "Socket errors" not in said
    assert int(re.search(r"(\d+) requests in", said).group(1)) > restarts
