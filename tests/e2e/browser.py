# SPDX-License-Identifier: ISC
"""browser: a person's side of the management endpoints over HTTPS: keeps the
cookie as a browser does, sends the CSRF token and proofs. Every answer is held
against docs/openapi.json."""

import http.client
import json
import re
import ssl

import openapi
from totp import Authenticator
from wire import send

ATTRIBUTES = ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"]


class Browser:
    """Of the person EMAIL, at the HTTPS port with that certificate."""

    def __init__(self, port, certificate, email, password, secret=None):
        self.port = port
        self._tls = ssl.create_default_context(cafile=certificate)
        self.email, self.password = email, password
        self.authenticator = Authenticator(secret) if secret else None
        self.cookie = self.csrf = None

    def send(self, method, path, headers=(), body=None):
        """As it is, without what a browser adds."""
        conn = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=self._tls, timeout=30)
        try:
            reply = send(conn, method, openapi.BASE + path, headers, body)
        finally:
            conn.close()
        openapi.check(method, openapi.BASE + path, reply)
        if reply.status < 300:
            openapi.check_request(method, openapi.BASE + path, body or b"",
                                  dict(headers).items())
        return reply

    def ask(self, method, path, body=None, proof=None, **headers):
        """With the cookie; BODY is made JSON."""
        sent = {"Origin": f"https://127.0.0.1:{self.port}",
                "Sec-Fetch-Site": "same-origin"}
        if self.cookie is not None:
            sent["Cookie"] = f"__Host-hasp={self.cookie}"
        if self.csrf is not None and method not in ("GET", "HEAD"):
            sent["X-CSRF-Token"] = self.csrf
        if proof is not None:
            sent["X-Hasp-Proof"] = proof
        data = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        sent.update({n.replace("_", "-"): v for n, v in headers.items()})
        reply = self.send(method, path, sent, data)
        self._keep(reply)
        return reply

    def _keep(self, reply):
        line = reply.one("Set-Cookie")
        if line is None:
            return
        found = re.fullmatch(r"__Host-hasp=([0-9A-Za-z]*); (.*)", line)
        assert found, line
        *attributes, age = found.group(2).split("; ")
        assert attributes == ATTRIBUTES
        assert re.fullmatch(r"Max-Age=\d+", age)
        self.cookie = found.group(1) or None
        assert (self.cookie is None) == (age == "Max-Age=0")

    def sign_in(self, **change):
        """Signs in, with a one-time code if there is an authenticator."""
        body = {"email": self.email, "password": self.password}
        if self.authenticator is not None:
            body["totp"] = self.authenticator.next()
        reply = self.ask("POST", "/session", {**body, **change})
        if reply.status == 200:
            self.csrf = reply.json()["csrf_token"]
        return reply

    def prove(self):
        """A fresh proof of re-authentication."""
        reply = self.ask("POST", "/session/reauthentication",
                         {"password": self.password})
        assert reply.status == 200, reply.body
        return reply.json()["proof"]
