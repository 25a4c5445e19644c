# SPDX-License-Identifier: ISC
"""fastcgi_answer: a FastCGI server inside the tests. It answers whatever a
test wants, late or never, and remembers what it was sent: for answers that the
programs give rarely, and for counting connections."""

import socket
import struct
import threading

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT = 1, 2, 3, 4, 5, 6
HEADER = struct.Struct(">BBHHBx")


class Call:
    """One request as it arrived."""

    def __init__(self):
        self.params = []
        self.body = b""

    def get(self, name):
        """The first value of NAME, as libfcgi sees it; None if absent."""
        for key, value in self.params:
            if key == name:
                return value
        return None


class Gone(Exception):
    """The peer closed the connection."""


def _exactly(conn, size):
    data = b""
    while len(data) < size:
        part = conn.recv(size - len(data))
        if not part:
            raise Gone
        data += part
    return data


def _pairs(data):
    at, out = 0, []

    def length():
        nonlocal at
        size = data[at]
        if size & 0x80:
            size = struct.unpack(">I", data[at:at + 4])[0] & 0x7fffffff
            at += 4
        else:
            at += 1
        return size

    while at < len(data):
        names, values = length(), length()
        name = data[at:at + names].decode("latin-1")
        value = data[at + names:at + names + values].decode("latin-1")
        out.append((name, value))
        at += names + values
    return out


def _record(kind, ident, data):
    return HEADER.pack(1, kind, ident, len(data), 0) + data


class Answerer:
    """Listens on a Unix socket; ANSWER(call) returns the bytes of the answer
    (CGI form), a generator of pieces of it, or None to close the connection
    without one."""

    def __init__(self, path, answer):
        self.path = str(path)
        self.answer = answer
        self.calls = []
        self.accepts = 0
        self._open = set()
        self._sending = 0
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(1024)
        threading.Thread(target=self._accept, daemon=True).start()

    def busy(self):
        """Whether an answer is on its way still."""
        with self._lock:
            return self._sending > 0

    def close(self):
        """Stops listening and drops every connection."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()

    def drop(self):
        """Closes the kept connections, as a restart does."""
        with self._lock:
            conns, self._open = self._open, set()
        for conn in conns:
            try:
                conn.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed by the peer meanwhile

    def _accept(self):
        while True:
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.accepts += 1
                self._open.add(conn)
            threading.Thread(target=self._serve, args=(conn,),
                             daemon=True).start()

    def _serve(self, conn):
        with conn:
            try:
                while self._one(conn):
                    pass
            except (Gone, OSError):
                pass
            with self._lock:
                self._open.discard(conn)

    def _one(self, conn):
        call, params, keep, ident = Call(), b"", False, 0
        while True:
            _, kind, ident, size, padding = HEADER.unpack(_exactly(conn, 8))
            data = _exactly(conn, size + padding)[:size]
            if kind == BEGIN:
                keep = bool(data[2] & 1)
            elif kind == PARAMS:
                params += data
            elif kind == STDIN:
                if not data:
                    break
                call.body += data
        call.params = _pairs(params)
        with self._lock:
            self.calls.append(call)
            self._sending += 1
        try:
            return self._send(conn, ident, self.answer(call)) and keep
        finally:
            with self._lock:
                self._sending -= 1

    @staticmethod
    def _send(conn, ident, answer):
        if answer is None:
            return False
        end = _record(STDOUT, ident, b"") + _record(END, ident, b"\0" * 8)
        if not isinstance(answer, bytes):
            for piece in answer:
                conn.sendall(_record(STDOUT, ident, piece))
            conn.sendall(end)
            return True
        out = b"".join(_record(STDOUT, ident, answer[at:at + 65535])
                       for at in range(0, len(answer), 65535))
        conn.sendall(out + end)
        return True
