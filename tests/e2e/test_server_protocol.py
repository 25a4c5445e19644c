# SPDX-License-Identifier: ISC
"""The FastCGI server against peers that speak wrongly, slowly or not at all:
the process stays up, keeps its memory and serves the others meanwhile."""

import socket
import struct
import threading
import time

import pytest

import fcgi_raw
from fcgi_raw import (ABORT, AUTHORIZER, BEGIN, CHECK, DATA, GET_VALUES,
                      PARAMS, STDIN, begin, pair, params, record, stdin,
                      whole)

# Anonymous memory of the process, kB; the bar of the project is 64 MiB.
MEMORY = 64 * 1024


@pytest.fixture(scope="module")
def program(folder):
    root = folder / "server"
    root.mkdir()
    with fcgi_raw.Program(root, options={"request_timeout": 1000}) as p:
        yield p
        assert p.takes_less("RssAnon", MEMORY)
        status, _ = p.stop()
        assert status == 0


@pytest.fixture(autouse=True)
def others(program):
    """A good client that asks all the time while a test goes on."""
    done = threading.Event()
    slowest = []

    def ask():
        with program.client(timeout=5) as client:
            worst = 0
            while not done.is_set():
                before = time.monotonic()
                assert client.ask().status == 204
                worst = max(worst, time.monotonic() - before)
                time.sleep(0.001)
            slowest.append(worst)

    thread = threading.Thread(target=ask)
    thread.start()
    yield
    done.set()
    thread.join()
    assert slowest, "the good client was not served"
    assert program.process.poll() is None
    assert program.takes_less("RssAnon", MEMORY)
    print(f"the good client waited {slowest[0] * 1000:.0f} ms at most")


def closes(program, data):
    """Whether DATA makes the server close without a word."""
    with program.client(timeout=5) as client:
        fcgi_raw.try_send(client, data)
        return client.is_closed()


def raw_params(content):
    """A request whose PARAMS stream is just CONTENT."""
    return begin() + params(content) + stdin()


def lengths(name, value):
    return struct.pack(">II", name | 0x80000000, value | 0x80000000)


MPXS = pair("FCGI_MPXS_CONNS", "")
HEAD = begin() + params(CHECK)

BAD = {
    "http": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "zero": b"\0",
    "version 0": record(BEGIN, b"\0\1\1\0\0\0\0\0", version=0),
    "version 2": record(BEGIN, b"\0\1\1\0\0\0\0\0", version=2),
    "version later": begin() + record(PARAMS, b"", version=2),
    "role 0": begin(role=0),
    "role 3": begin(role=3) + params(CHECK) + stdin(),
    "role 9": begin(role=9) + params(CHECK) + stdin(),
    "id 0": whole(request=0),
    "begin too short": record(BEGIN, b"\0\1\1"),
    "begin too long": record(BEGIN, b"\0\1\1" + b"\0" * 6),
    "begin padded": record(BEGIN, b"\0\1\1\0\0\0\0\0", padding=8),
    "params first": params(CHECK),
    "stdin first": stdin(b"x"),
    "stdin before params": begin() + stdin(),
    "values": record(GET_VALUES, MPXS, request=0),
    "values x5": record(GET_VALUES, MPXS * 5, request=0),
    "values x5, padded": record(GET_VALUES, MPXS * 5, request=0, padding=8),
    "values after begin": begin() + record(GET_VALUES, MPXS * 5, request=0),
    "values in params": begin() + record(PARAMS, pair("A", "B")) +
    record(GET_VALUES, MPXS * 5, request=0) + record(PARAMS),
    "values in stdin": HEAD + record(STDIN, b"x") +
    record(GET_VALUES, MPXS * 5, request=0) + record(STDIN),
    "values after stdin": whole() + record(GET_VALUES, MPXS * 5, request=0),
    "management type": record(77, b"x", request=0),
    "own type": begin() + record(77, b"x"),
    "second begin": begin() + begin(),
    "second begin in params": begin() + record(PARAMS, pair("A", "B")) +
    begin(),
    "second begin in stdin": HEAD + record(STDIN, b"x") + begin(),
    "another's begin": begin() + begin(request=2),
    "another's params": begin() + params(CHECK, request=2) + stdin(),
    "another's stdin": HEAD + stdin(request=2),
    "data": HEAD + record(DATA, b"x"),
    "abort at once": record(ABORT),
    "abort after begin": begin() + record(ABORT),
    "abort in params": begin() + record(PARAMS, pair("A", "B")) +
    record(ABORT),
    "abort in stdin": HEAD + record(STDIN, b"x") + record(ABORT),
    "abort after it": whole() + record(ABORT),
    "two at once": whole() + whole(),
    "byte after it": whole() + b"\1",
    "lengths 0x7ffffffe + 0x10": raw_params(lengths(0x7ffffffe, 0x10)),
    "lengths 0x7ffffffd + 1": raw_params(lengths(0x7ffffffd, 1)),
    "lengths 0x7fffffff": raw_params(lengths(0x7fffffff, 0x7fffffff)),
    "lengths 0xffffffff": raw_params(b"\xff" * 8),
    "value 0x3fffffff": raw_params(lengths(1, 0x3fffffff)),
    "name past the end": raw_params(b"\x05\x00Name"),
    "value past the end": raw_params(b"\x01\x05Nval"),
    "half a length": raw_params(b"\x80\x00"),
    "nul in a name": raw_params(pair(b"A\0B", b"x")),
    "nul in a value": raw_params(pair(b"A", b"x\0y")),
    "equals in a name": raw_params(pair(b"A=B", b"x")),
    "64 KiB and a byte of params": raw_params(pair("A", "b" * 65531)),
    "body over the limit": whole(body=b"x" * 16385),
    "authorizer with a body": begin(AUTHORIZER) + params(CHECK) +
    stdin(b"x"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_requests(program, name):
    assert closes(program, BAD[name])


def drain_or_ask(client):
    """Waits for the end of the connection. What comes between the look at a
    whole request and its being read is lost (exchange.h): then the connection
    is as good as new."""
    try:
        client.drain()
    except BlockingIOError:
        assert client.ask().status == 204


@pytest.mark.parametrize("name", [n for n in BAD if n != "two at once"])
def test_bad_requests_byte_by_byte(program, name):
    # Sent slowly, these are good requests with something bad after them.
    good_first = name in ("values after stdin", "abort after it",
                          "byte after it", "authorizer with a body")
    with program.client(timeout=5) as client:
        for i in range(min(len(BAD[name]), 300)):
            fcgi_raw.try_send(client, BAD[name][i:i + 1])
        fcgi_raw.try_send(client, BAD[name][300:])
        if good_first:
            drain_or_ask(client)
        else:
            assert client.is_closed()


def test_good_twins_are_served(program):
    """What the bad ones above differ from only in what is bad."""
    for keep in 0, 1:
        with program.client() as client:
            assert client.ask(body=b"x" * 16384, keep=keep).status == 204
        with program.client() as client:
            client.send(begin(keep=keep) + params(pair("A", "b" * 65520)) +
                        stdin())
            assert client.answer().status == 404
        with program.client() as client:
            assert client.ask(request=65535, keep=keep).status == 204
    with program.client() as client:
        client.send(begin(AUTHORIZER) + params(CHECK) + stdin())
        assert client.answer().status == 200
        assert client.is_closed()


def test_params_split_anywhere(program):
    stream = b"".join(pair(n, v) for n, v in CHECK.items()) + \
        pair("LONG" * 40, "x" * 300)
    with program.client() as client:
        for i in range(0, len(stream), 7):
            client.send(begin() + record(PARAMS, stream[:i]) * (i > 0) +
                        record(PARAMS, stream[i:]) + record(PARAMS) +
                        stdin())
            assert client.answer().status == 204


def test_byte_by_byte_is_served(program):
    with program.client() as client:
        for byte in whole():
            client.send(bytes([byte]))
        assert client.answer().status == 204


@pytest.mark.parametrize("sent", [0, 1, 7, 8, 20, len(whole()) - 1])
def test_unfinished_is_closed_in_time(program, sent):
    """request_timeout is 1 s here."""
    before = time.monotonic()
    with program.client(timeout=10) as client:
        client.send(whole()[:sent])
        assert client.is_closed()
    assert time.monotonic() - before >= 0.9


def test_kept_and_idle_is_not_closed(program):
    with program.client() as client:
        assert client.ask().status == 204
        time.sleep(1.5)
        assert client.ask().status == 204
        # But a second request has to come in time as the first.
        client.send(whole()[:20])
        assert client.is_closed()


def test_half_closed_is_answered(program):
    for keep in 0, 1:
        with program.client() as client:
            client.send(whole(keep=keep))
            client.socket.shutdown(socket.SHUT_WR)
            assert client.answer().status == 204
            assert client.is_closed()
    with program.client() as client:
        client.send(whole()[:-1])
        client.socket.shutdown(socket.SHUT_WR)
        assert client.is_closed()


def test_aborted_requests(program):
    """Clients that go away at every moment."""
    data = whole()
    for i in range(300):
        with program.client() as client:
            client.send(data[:1 + i % len(data)])
    for _ in range(300):
        with program.client() as client:
            client.send(data)


def test_500_megabytes_of_stdin(program):
    chunk = record(STDIN, b"x" * 65528) * 16
    with program.client() as client:
        client.send(HEAD)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for _ in range(500):
                client.send(chunk)


def test_200_000_params(program):
    pairs = b"".join(pair(f"N{i}", "v") for i in range(200000))
    assert closes(program, raw_params(pairs))


def test_tiny_records_without_end(program):
    """Headers cost, too: what they may is bounded."""
    assert closes(program, begin() + record(PARAMS, b"\x00") * 30000)


def test_never_reading_peer(program):
    """It asks on and on and reads no answer: nobody else waits for it."""
    peers = [program.client(timeout=5) for _ in range(8)]
    asked = [0] * len(peers)
    end = time.monotonic() + 8
    echo = whole({"REQUEST_METHOD": "POST", "DOCUMENT_URI": "/echo"},
                 b"x" * 8000)
    while peers and time.monotonic() < end:
        for i, peer in reversed(list(enumerate(peers))):
            try:
                peer.send(echo)
                asked[i] += 1
            except (BrokenPipeError, ConnectionResetError):
                peers.pop(i).close()
        # So that each is read as one request.
        time.sleep(0.005)
    assert not peers, "they are still there"
    print("requests until closed:", asked)


def test_1000_connections(program):
    silent = [program.client() for _ in range(400)]
    begun = [program.client() for _ in range(400)]
    for client in begun:
        client.send(whole()[:30])
    kept = [program.client() for _ in range(200)]
    for _ in range(3):
        for client in kept:
            client.send(whole())
        for client in kept:
            assert client.answer().status == 204
    for client in begun:
        assert client.is_closed()
    for client in silent:
        assert client.is_closed()
    for client in kept:
        assert client.ask().status == 204
        client.close()


def test_flood_of_bad_peers_leaves_the_log_alone(program):
    before = len(program.lines())
    for _ in range(500):
        assert closes(program, b"GET")
    said = [line for line in program.lines()[before:]
            if " peer_closed " in line]
    assert len(said) <= 11


@pytest.mark.parametrize("size", [*range(8060, 8210), 16376, 16384, 16392,
                                  24568, 32760, 40960, 65000])
def test_kept_connection_with_params_of(program, size):
    """libfcgi reads 8 192 bytes at a time; nothing may be left for the
    request after."""
    base = dict(CHECK)
    used = len(b"".join(pair(n, v) for n, v in base.items()))
    base["FILLER"] = "x" * (size - used - len(pair("FILLER", "x" * 200)) + 200)
    with program.client() as client:
        for _ in range(3):
            assert client.ask(base).status == 204
        answer = client.ask({"REQUEST_METHOD": "POST", "ECHO": "e",
                             "DOCUMENT_URI": "/echo",
                             "FILLER": base["FILLER"]}, b"abc")
        assert (answer.status, answer.body) == (200, b"abc")
        assert client.ask(base, b"unread").status == 204


def test_bodies_on_a_kept_connection(program):
    echo = {"REQUEST_METHOD": "POST", "DOCUMENT_URI": "/echo"}
    with program.client() as client:
        for size in (0, 1, 8000, 8190, 8192, 8200, 16000, 16384):
            body = bytes(i % 251 for i in range(size))
            assert client.ask(echo, body).body == body
            # Not read by the program: must not disturb the next request.
            assert client.ask(body=body).status == 204


def test_status_is_always_first(program):
    """fcgi_raw.parse wants it; here for answers of every kind."""
    asked = [
        (CHECK, 204),
        ({}, 404),
        ({"REQUEST_METHOD": "PUT", "DOCUMENT_URI": "/echo"}, 405),
        ({"HASP_ACTION": "nonsense"}, 503),
        # A header that cannot be sent: control bytes never end a line.
        ({"REQUEST_METHOD": "GET", "DOCUMENT_URI": "/echo",
          "ECHO": "a\r\nStatus: 200 OK"}, 503),
        ({"REQUEST_METHOD": "GET", "DOCUMENT_URI": "/echo",
          "ECHO": "y" * 30000}, 200),
    ]
    with program.client() as client:
        for pairs, status in asked:
            assert client.ask(pairs).status == status
