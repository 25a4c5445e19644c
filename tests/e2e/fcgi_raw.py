# SPDX-License-Identifier: ISC
"""fcgi_raw: FastCGI spoken byte by byte, rightly or wrongly, and a private
server program to speak it to."""

import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import time

BUILD = pathlib.Path(os.environ.get(
    "HASP_BUILD", pathlib.Path(__file__).resolve().parents[2]))
NOOP = BUILD / "tests" / "bench" / "noop" / "noop"

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR = 1, 2, 3, 4, 5, 6, 7
DATA, GET_VALUES = 8, 9
RESPONDER, AUTHORIZER, FILTER = 1, 2, 3
KEEP = 1


def record(kind, content=b"", request=1, version=1, padding=0):
    return struct.pack(">BBHHBx", version, kind, request, len(content),
                       padding) + content + b"\0" * padding


def length(number):
    """A length in its shorter form."""
    if number < 128:
        return bytes([number])
    return struct.pack(">I", number | 0x80000000)


def pair(name, value):
    name = name.encode() if isinstance(name, str) else name
    value = value.encode() if isinstance(value, str) else value
    return length(len(name)) + length(len(value)) + name + value


def begin(role=RESPONDER, keep=KEEP, request=1):
    return record(BEGIN, struct.pack(">HB5x", role, keep), request)


def params(pairs, request=1):
    """The PARAMS stream of a dict or a list of pairs, or of raw bytes."""
    if not isinstance(pairs, bytes):
        items = pairs.items() if isinstance(pairs, dict) else pairs
        pairs = b"".join(pair(n, v) for n, v in items)
    out = b""
    for i in range(0, len(pairs), 65528):
        out += record(PARAMS, pairs[i:i + 65528], request)
    return out + record(PARAMS, b"", request)


def stdin(body=b"", request=1):
    out = b""
    for i in range(0, len(body), 65528):
        out += record(STDIN, body[i:i + 65528], request)
    return out + record(STDIN, b"", request)


CHECK = {"HASP_ACTION": "check", "REQUEST_METHOD": "GET",
         "REQUEST_URI": "/", "DOCUMENT_URI": "/"}


def whole(pairs=None, body=b"", role=RESPONDER, keep=KEEP, request=1):
    """A request as a web server sends it."""
    text = begin(role, keep, request) + params(
        CHECK if pairs is None else pairs, request)
    return text + (stdin(body, request) if role == RESPONDER else b"")


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body


def parse(stdout):
    """The answer in the STDOUT stream, which begins with its Status."""
    head, _, body = stdout.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    assert re.fullmatch(r"Status: \d{3} [A-Za-z ]+", lines[0]), stdout
    headers = [tuple(line.split(": ", 1)) for line in lines[1:]]
    return Answer(int(lines[0].split()[1]), headers, body)


class Closed(Exception):
    """The server closed the connection before the answer was whole."""


class Client:
    """One connection to WHERE: a path, or an (address, port) pair."""

    def __init__(self, where, timeout=10):
        if isinstance(where, tuple):
            family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
        else:
            family, where = socket.AF_UNIX, str(where)
        self.socket = socket.socket(family)
        # Not settimeout: it polls before each send, and a Unix socket is
        # not called writable any more after some 70 tiny ones.
        limit = struct.pack("ll", timeout, 0)
        for option in socket.SO_RCVTIMEO, socket.SO_SNDTIMEO:
            self.socket.setsockopt(socket.SOL_SOCKET, option, limit)
        self.socket.connect(where)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError:
                more = b""
            if not more:
                raise Closed
            data += more
        return data

    def record(self):
        """The next record: type, request id, content."""
        _, kind, request, size, padding = struct.unpack(
            ">BBHHBx", self._exactly(8))
        content = self._exactly(size)
        self._exactly(padding)
        return kind, request, content

    def answer(self, request=1):
        """The whole answer to one request."""
        stdout = b""
        while True:
            kind, got, content = self.record()
            assert got == request
            if kind == END:
                assert content[4] == 0, "protocolStatus"
                return parse(stdout)
            assert kind == STDOUT, kind
            stdout += content

    def ask(self, *args, **more):
        """Sends a whole request and returns its answer."""
        self.send(whole(*args, **more))
        return self.answer(more.get("request", 1))

    def is_closed(self):
        """Waits for the server to close; False if it answers instead."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def drain(self):
        """Reads whatever comes until the server closes."""
        try:
            while self.socket.recv(65536):
                continue
        except ConnectionResetError:
            return


def try_send(client, data):
    """Sends what the server is willing to take. It may close at any time."""
    try:
        client.send(data)
    except (BrokenPipeError, ConnectionResetError):
        return


class Program:
    """PROGRAM under test in the folder ROOT, with the options OPTIONS in its
    own section of hasp.conf."""

    def __init__(self, root, program=NOOP, options=None, args=None,
                 level="debug", **popen):
        self.root = pathlib.Path(root)
        self.program = pathlib.Path(program)
        self.socket = self.root / "fcgi.sock"
        self.log = self.root / "log"
        self.config = self.root / "hasp.conf"
        self.options = {"listen": str(self.socket),
                        "journal_folder": str(self.root / "journal"),
                        **(options or {})}
        self.level = level
        self.write_config()
        self.args = args if args is not None else []
        self.popen = popen
        self.process = None
        self.begun = 0

    def write_config(self):
        lines = [f"{name} = {value}" for name, value in self.options.items()]
        self.config.write_text(
            f"[log]\nlevel = {self.level}\n[{self.program.name}]\n" +
            "\n".join(lines) + "\n", encoding="utf-8")

    def start(self, ready="start"):
        """Starts it; waits until it has logged the event READY."""
        with self.open_log() as log:
            self.process = subprocess.Popen(
                [str(self.program), "--config", str(self.config),
                 *self.args], stderr=log, **self.popen)
        self.wait_log(rf" {self.program.name} {ready} ")
        return self

    def open_log(self):
        """The log, for one more start."""
        log = open(self.log, "ab")
        self.begun = log.tell()
        return log

    def lines(self):
        """What it has logged since it was started."""
        return self.log.read_bytes()[self.begun:].decode().splitlines()

    def wait_log(self, pattern, count=1, seconds=20):
        """Waits for COUNT lines that PATTERN is found in; returns them."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [line for line in self.lines()
                     if re.search(pattern, line)]
            if len(found) >= count:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError(f"no {pattern}\n" + self.log.read_text())

    def status(self, field):
        """A number of /proc/PID/status."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", text, re.M).group(1))

    def takes_less(self, field, limit):
        """Whether FIELD of /proc/PID/status is below LIMIT, in kB. A sanitizer
        keeps what was freed or notes each access: there it says nothing."""
        code = self.program.read_bytes()
        return b"__asan_init" in code or b"__tsan_init" in code or \
            self.status(field) < limit

    def cpu(self):
        """Seconds of processor time used so far."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def client(self, **more):
        return Client(self.socket, **more)

    def stop(self, number=signal.SIGTERM, seconds=5):
        """Ends it; returns the exit status and the seconds it took."""
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(seconds)
        return status, time.monotonic() - begun

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
