# SPDX-License-Identifier: ISC
"""echo_site: a site behind nginx that shows what reached it: over HTTP, and
as an answer for fastcgi_answer."""

import http.server
import json
import threading


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Nothing: the tests look at answers."""

    def _answer(self):
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("X-Saw-Account",
                             self.headers.get("X-Hasp-Account", ""))
            self.end_headers()
            self.close_connection = True
            return
        size = int(self.headers.get("Content-Length", "0"))
        while size > 0:
            size -= len(self.rfile.read(min(size, 1 << 20)))
        status = int(self.headers.get("X-Answer", "200"))
        body = json.dumps({"method": self.command, "uri": self.path,
                           "headers": self.headers.items()}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)


class EchoSite:
    """An HTTP site on a port of its own."""

    def __init__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                       _Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever,
                         daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def echo_params(call):
    """An answer of fastcgi_answer with all that arrived."""
    body = json.dumps({"params": call.params})
    return ("Status: 200 OK\r\nContent-Type: application/json\r\n\r\n"
            + body).encode()


def identity(headers):
    """Of pairs, those that a program may take for the word of Hasp: the
    names that CGI folds to HTTP_X_HASP_*."""
    out = {}
    for name, value in headers:
        name = name.upper().replace("-", "_")
        name = name[5:] if name.startswith("HTTP_") else name
        if name.startswith("X_HASP"):
            out.setdefault(name, []).append(value)
    return out
