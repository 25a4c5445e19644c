# SPDX-License-Identifier: ISC
"""wire: HTTP/1.1 requests exactly as a test writes them."""

import http.client
import json
import select
import socket

import h2.connection
import h2.events


class Reply:
    """What came back."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # list of (name, value)
        self.body = body

    def all(self, name):
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def one(self, name):
        """The only header NAME; None if there is none."""
        values = self.all(name)
        assert len(values) <= 1, values
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    def names(self):
        """The names of all headers but those of the connection itself."""
        own = ("server", "date", "connection", "content-length", "keep-alive")
        return sorted(n.lower() for n, _ in self.headers
                      if n.lower() not in own)


def send(conn, method, path, headers=(), body=None):
    """One request on CONN, an http.client.HTTPConnection. HEADERS is a list
    of pairs (a name may come twice) or a dict."""
    pairs = headers.items() if isinstance(headers, dict) else headers
    conn.putrequest(method, path, skip_accept_encoding=True,
                    skip_host=any(n.lower() == "host" for n, _ in pairs))
    for name, value in pairs:
        conn.putheader(name, value)
    if body is not None:
        conn.putheader("Content-Length", str(len(body)))
    conn.endheaders(body)
    got = conn.getresponse()
    return Reply(got.status, got.getheaders(), got.read())


def ask(port, method, path, headers=(), body=None, timeout=30):
    """One request on a connection of its own."""
    conn = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        return send(conn, method, path, headers, body)
    finally:
        conn.close()


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def exchange(port, data, timeout=30):
    """Sends DATA raw; all that comes back until the server is silent or
    closes (the request should ask it to)."""
    with socket.create_connection(("127.0.0.1", port), timeout) as conn:
        conn.sendall(data)
        out = b""
        while True:
            part = conn.recv(65536)
            if not part:
                return out
            out += part


def push(port, head, size, timeout=30):
    """Sends HEAD and then up to SIZE body bytes, until an answer comes. The
    answer's first bytes and how much of the body was sent before."""
    sent = 0
    chunk = b"x" * 65536
    with socket.create_connection(("127.0.0.1", port), timeout) as conn:
        conn.sendall(head)
        conn.setblocking(False)
        while True:
            try:
                return conn.recv(65536), sent
            except BlockingIOError:
                pass
            if sent >= size:
                conn.settimeout(timeout)
                return conn.recv(65536), sent
            try:
                sent += conn.send(chunk)
            except BlockingIOError:
                pass


def _connect_h2(port, tls):
    conn = socket.create_connection(("127.0.0.1", port), 30)
    if tls is None:
        return conn
    tls.set_alpn_protocols(["h2"])
    return tls.wrap_socket(conn, server_hostname="127.0.0.1")


def push_h2(port, path, size, tls=None, told=True):
    """The same over HTTP/2: status, body of the answer, bytes sent before.
    TLS is an ssl.SSLContext; TOLD: the request says how long its body is.
    (httpx waits until its body is taken, curl 7.88 loses the answer when
    nginx closes the stream after it.)"""
    client = h2.connection.H2Connection()
    status, body, sent = None, b"", 0
    with _connect_h2(port, tls) as conn:
        client.initiate_connection()
        client.send_headers(1, [
            (":method", "POST"), (":path", path),
            (":scheme", "http" if tls is None else "https"),
            (":authority", "h"),
            *([("content-length", str(size))] if told else [])])
        while True:
            room = min(client.local_flow_control_window(1), 16384, size - sent)
            if room > 0:
                client.send_data(1, b"x" * room)
                sent += room
            conn.sendall(client.data_to_send())
            if room > 0 and not select.select([conn], [], [], 0)[0]:
                continue
            for event in client.receive_data(conn.recv(65536)):
                if isinstance(event, h2.events.ResponseReceived):
                    status = int(dict(event.headers)[b":status"])
                elif isinstance(event, h2.events.DataReceived):
                    body += event.data
                elif isinstance(event, h2.events.StreamEnded):
                    return status, body, sent
