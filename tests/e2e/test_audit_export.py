# SPDX-License-Identifier: ISC
"""Exports of many events: through nginx, broken off in the middle, and by more
than there is room for."""

import http.client
import signal
import socket
import time

import pytest

import fcgi_raw
from auth_world import code, header
from keys_world import Person
from manage_world import HOST, ManageWorld
from nginx_server import Nginx

# More than nginx, and all buffers of sockets, can hold.
ROWS = 120000
PATH = "/hasp/v1/audit-events"

SITE = """
upstream hasp_export { server unix:@SOCKET@; keepalive 4; }
server {
	listen @PORT@;
	include @H@/hasp-server.conf;
	location = /hasp/v1/audit-events {
		include @H@/hasp-manage-location.conf;
		fastcgi_pass hasp_export;
	}
}
"""


class Place:
    """One account with many uses, and nginx before the program."""

    def __init__(self, root):
        self.world = ManageWorld()
        self.world.options["audit"]["workers"] = "4"
        self.world.start()
        self.person = Person(self.world)
        self.world.sql(
            "INSERT INTO hasp.usage_event (at, account, journal, pos, key_id,"
            " secret_version, code, status, method, site, request_hashed, "
            "repeated) SELECT now() - g * interval '1 ms', %d, 1, g, "
            "'key_aaaaaaaaaaaaaaaa', 1, 'ok', 204, 'GET', 'a.example', "
            "false, false FROM generate_series(1, %d) g"
            % (self.world.account, ROWS))
        site = SITE.replace("@SOCKET@", str(self.program.socket))
        self.nginx = Nginx(root, site, root / "auth-check.sock")
        self.nginx.start()

    @property
    def program(self):
        return self.world.programs["audit"]

    def restart(self):
        self.program.stop()
        self.program.start()

    def stop(self):
        self.nginx.stop()
        self.world.stop()

    def pairs(self, query):
        return {"REQUEST_METHOD": "GET", "REQUEST_URI": PATH + query,
                "DOCUMENT_URI": PATH, "REMOTE_ADDR": "192.0.2.7",
                "SERVER_NAME": HOST, "HTTP_HOST": HOST, "HTTPS": "on",
                "REQUEST_ID": "0123abc",
                "HTTP_COOKIE": "__Host-hasp=" + self.person.cookie}

    def begin(self, query="?format=jsonl"):
        """A connection on which an export has begun, and nobody reads."""
        client = self.program.client(timeout=20)
        client.send(fcgi_raw.whole(self.pairs(query)))
        kind, _, content = client.record()
        assert kind == fcgi_raw.STDOUT
        assert content.startswith(b"Status: 200 OK\r\n"), content
        return client

    def ask(self, query):
        """The same through nginx, its body still to be read."""
        client = http.client.HTTPConnection("127.0.0.1", self.nginx.port,
                                            timeout=20)
        client.request("GET", PATH + query, headers={
            "Cookie": "__Host-hasp=" + self.person.cookie, "Host": HOST})
        answer = client.getresponse()
        assert answer.status == 200
        assert answer.getheader("Transfer-Encoding") == "chunked"
        return client, answer


@pytest.fixture(name="place", scope="module")
def make_place(needs_nginx, folder):  # pylint: disable=unused-argument
    made = Place(folder / "x")
    yield made
    made.stop()


def test_it_comes_whole_through_nginx(place):
    client, answer = place.ask("?format=csv&kind=use")
    assert answer.getheader("Content-Disposition") == (
        'attachment; filename="audit-events.csv"')
    assert answer.read().count(b"\r\n") == ROWS + 1
    client.close()
    # The connections to the program are kept.
    client, answer = place.ask("?format=jsonl&kind=event")
    answer.read()
    client.close()


def kill(place):
    place.program.process.kill()
    place.program.process.wait()


def end(place):
    begun = time.monotonic()
    place.program.process.send_signal(signal.SIGTERM)
    assert place.program.process.wait(10) == 0
    assert time.monotonic() - begun < 2


def database(place):
    place.world.cluster.stop("immediate")


@pytest.mark.parametrize("how", [kill, end, database])
def test_one_that_breaks_off_does_not_look_whole(place, how):
    client, answer = place.ask("?format=jsonl&kind=use")
    size = len(answer.read(65536))
    assert size == 65536
    # The program has to wait until somebody reads on.
    time.sleep(0.3)
    how(place)
    try:
        with pytest.raises((http.client.IncompleteRead,
                            ConnectionResetError)):
            while more := len(answer.read(65536)):
                size += more
    finally:
        client.close()
        if how is database:
            place.world.cluster.start()
        else:
            place.program.start()
    assert size < ROWS * 200
    wait_for(lambda: code_of(place) == 200)


def code_of(place):
    with place.program.client() as client:
        return client.ask(place.pairs("?limit=1")).status


def wait_for(holds):
    stop = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < stop
        time.sleep(0.05)


def test_half_of_the_workers_export_and_the_others_answer(place):
    """Of four workers two may."""
    held = [place.begin() for _ in range(2)]
    try:
        with place.program.client() as client:
            answer = client.ask(place.pairs("?format=csv"))
            assert answer.status == 503 and code(answer) == "overloaded"
            assert header(answer, "Retry-After") == "5"
            answer = client.ask(place.pairs("?limit=1"))
            assert answer.status == 200
    finally:
        for client in held:
            client.close()
    # Their place is free once they are gone.
    wait_for(lambda: not stays_overloaded(place))


def stays_overloaded(place):
    with place.program.client() as client:
        return client.ask(place.pairs("?format=csv&kind=event")).status != 200


def test_who_goes_away_ends_it(place):
    client = place.begin()
    client.close()
    place.program.wait_log(r" request .* status=200 code=ok ")
    wait_for(lambda: not stays_overloaded(place))


def test_it_takes_little_memory(place):
    with place.begin() as client:
        while client.record()[0] != fcgi_raw.END:
            continue
    assert place.program.takes_less("VmHWM", 32 * 1024)
