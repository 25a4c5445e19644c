# SPDX-License-Identifier: ISC
"""manage_world: a database with auth-check and the programs that manage, spoken
to over FastCGI as the shipped nginx files do. Every answer is held against
docs/openapi.json, and so is every request that was granted."""

import base64
import contextlib
import hashlib
import hmac
import itertools
import json
import os
import re
import secrets
import signal
import struct
import subprocess
import time

import openapi
from auth_world import World, bearer, header
from fcgi_raw import BUILD, Program
from order import ORDER

API = "/hasp/v1"
HOST = "manage.example"


class Session:
    """What a browser keeps after signing in."""

    def __init__(self, answer):
        self.cookie = re.match(r"__Host-hasp=([^;]+)", header(
            answer, "Set-Cookie")).group(1)
        self.csrf = answer.json["csrf_token"]


class ManageWorld(World):
    """call() asks keys, accounts, apps or audit; ask() asks auth-check."""

    OWNER = {"/keys": "keys", "/session": "accounts",
             "/account": "accounts", "/members": "accounts",
             "/audit-events": "audit", "/audit-head": "audit",
             "/usage": "audit", "/apps": "apps", "/published-apps": "apps",
             "/connect-codes": "apps", "/oauth": "apps"}
    PROGRAMS = ("keys", "accounts", "apps", "audit")

    def __init__(self):
        super().__init__()
        self.programs = {}
        self.options = {name: {} for name in self.PROGRAMS}
        self.places = itertools.count(1)

    def start(self):
        super().start()
        self.sql(ORDER)
        key = self.folder / "totp.key"
        key.write_bytes(os.urandom(32))
        key.chmod(0o600)
        self.options["accounts"].setdefault("totp_key_file", str(key))
        for name in self.PROGRAMS:
            path = BUILD / "fcgi-apps" / name / name
            if path.exists():
                self.programs[name] = self.run(name, path)
        return self

    def run(self, name, path):
        login = self.cluster.conninfo("hasp", user="hasp_" + name, passfile=(
            self.folder / "pass" / f"hasp_{name}.pgpass"))
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        program = Program(folder, path, {
            "conninfo": "\n ".join(login.split(" ")),
            "metrics_listen": str(folder / "metrics.sock"),
            **self.options[name]})
        program.start()
        return program

    def stop(self):
        bad = [name for name, program in self.programs.items()
               if program.stop()[0] != 0]
        logs = "".join(self.programs[name].log.read_text() for name in bad)
        super().stop()
        assert not bad, logs

    @contextlib.contextmanager
    def configured(self, name, **options):
        """The program NAME with these options, for as long as it takes."""
        program = self.programs[name]
        before = dict(program.options)
        program.options.update(options)
        self.reload(program)
        try:
            yield program
        finally:
            program.options = before
            self.reload(program)

    @staticmethod
    def reload(program):
        """Has it read its options again."""
        event = " config_read "
        seen = sum(event in line for line in program.lines())
        program.write_config()
        program.process.send_signal(signal.SIGHUP)
        program.wait_log(event, seen + 1)

    # -- people ----------------------------------------------------------

    def place(self):
        """A network address that nobody has used before."""
        number = next(self.places)
        return "198.18.%d.%d" % (number // 250, number % 250 + 1)

    def make_member(self, email=None, password=None, account=None,
                    may_administer=True):
        """A member, without an authenticator."""
        made = Member(self, email or "m%s@example.org" % secrets.token_hex(6),
                      password or "pw " + secrets.token_hex(10))
        made.id = int(self.sql(
            "INSERT INTO hasp.member (account, email, password_hash, "
            "may_administer) VALUES (%d, lower('%s'), '%s', %s) RETURNING id"
            % (account or self.account, made.email, yescrypt(made.password),
               may_administer)))
        return made

    # -- requests --------------------------------------------------------

    def call(self, method, path, body=None, key=None, session=None,
             proof=None, headers=None, raw=None, **params):
        """One request of PATH (below /hasp/v1). BODY is made JSON, RAW is sent
        as it is; KEY is a keys.Key or a key's text, SESSION a Session; HEADERS
        are the client's; PARAMS change parameters of the web server."""
        target, _, query = path.partition("?")
        data = raw if raw is not None else (
            b"" if body is None else json.dumps(body).encode())
        pairs = {"REQUEST_METHOD": method, "REQUEST_URI": API + path,
                 "DOCUMENT_URI": API + target, "QUERY_STRING": query,
                 "REMOTE_ADDR": "192.0.2.7", "SERVER_NAME": HOST,
                 "HTTP_HOST": HOST, "HTTPS": "on", "REQUEST_ID": "0123abc",
                 "CONTENT_LENGTH": str(len(data))}
        if data:
            pairs["CONTENT_TYPE"] = "application/json"
        if key is not None:
            pairs["HTTP_AUTHORIZATION"] = bearer(key) if hasattr(
                key, "text") else "Bearer " + key
        if session is not None:
            pairs["HTTP_COOKIE"] = "__Host-hasp=" + session.cookie
            if method not in ("GET", "HEAD"):
                pairs["HTTP_X_CSRF_TOKEN"] = session.csrf
        if proof is not None:
            pairs["HTTP_X_HASP_PROOF"] = proof
        for name, value in (headers or {}).items():
            pairs["HTTP_" + name.upper().replace("-", "_")] = value
        pairs.update(params)
        pairs = {n: v for n, v in pairs.items() if v is not None}
        answer = self.send(method, target, pairs, data)
        if answer.status < 300:
            openapi.check_request(method, API + path, data, [
                (name[5:].replace("_", "-"), value)
                for name, value in pairs.items() if name.startswith("HTTP_")])
        return answer

    def send(self, method, target, pairs, data):
        owner = self.OWNER["/" + target.split("/")[1]]
        with self.programs[owner].client(timeout=20) as client:
            answer = client.ask(pairs, body=data)
        is_json = header(answer, "Content-Type") in (
            "application/json", "application/problem+json")
        answer.json = json.loads(answer.body) if is_json and answer.body \
            else None
        openapi.check(method, API + target, answer)
        return answer


def yescrypt(password):
    """A hash of libcrypt at its smallest cost: tests are not guessed at."""
    return subprocess.run(
        ["perl", "-e", "print crypt($ARGV[0], $ARGV[1])", "--", password,
         "$y$j75$" + secrets.token_hex(8)], check=True, text=True,
        stdout=subprocess.PIPE).stdout


def totp(secret, steps=0, at=None):
    """The code of an authenticator whose clock is off by STEPS (RFC 6238)."""
    step = int((time.time() if at is None else at) // 30) + steps
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step),
                   hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((int.from_bytes(mac[at:at + 4], "big") & 0x7fffffff)
                     % 10**6)


class Member:
    """A person and what they know."""

    def __init__(self, world, email, password):
        self.world = world
        self.email = email
        self.password = password
        self.id = None
        self.secret = None
        self.codes = []

    def try_sign_in(self, password=None, session=None, place=None, **more):
        """The answer to signing in from a place of its own."""
        body = {"email": self.email, "password": password or self.password,
                **more}
        headers = {}
        if session is not None:
            headers["Cookie"] = "__Host-hasp=" + session.cookie
        return self.world.call("POST", "/session", body, headers=headers,
                               REMOTE_ADDR=place or self.world.place())

    def sign_in(self, **more):
        if self.secret is not None and not more:
            self.forget_step()
            more = {"totp": self.code()}
        answer = self.try_sign_in(**more)
        assert answer.status == 200, answer.json
        return Session(answer)

    def proof(self, session, **more):
        answer = self.world.call(
            "POST", "/session/reauthentication",
            more or {"password": self.password}, session=session,
            REMOTE_ADDR=self.world.place())
        assert answer.status == 200, answer.json
        return answer.json["proof"]

    def enrol(self, session):
        """Sets an authenticator up; its confirmation comes back."""
        call = self.world.call
        answer = call("POST", "/session/totp", session=session,
                      proof=self.proof(session))
        assert answer.status == 201, answer.json
        self.secret = answer.json["secret"]
        answer = call("POST", "/session/totp/confirmation",
                      {"totp": self.code()}, session=session)
        assert answer.status == 200, answer.json
        self.codes = answer.json["recovery_codes"]
        return answer

    def code(self, steps=0):
        return totp(self.secret, steps)

    def forget_step(self):
        """As if no code had been used yet."""
        self.world.sql("UPDATE hasp.member SET totp_step = 0 WHERE id = %d"
                       % self.id)

    def events(self):
        """What the log says of it, oldest first."""
        return self.world.sql("SELECT event FROM hasp.audit_event WHERE "
                              "member = %d ORDER BY seq" % self.id).split()


def refused(answer, status, code):
    """ANSWER is that refusal, whole; its problem comes back."""
    assert (answer.status, answer.json and answer.json.get("code")) == (
        status, code), (answer.status, answer.json)
    assert header(answer, "Content-Type") == "application/problem+json"
    assert header(answer, "Cache-Control") == "no-store"
    assert answer.json["status"] == status and answer.json["detail"]
    assert answer.json["type"].endswith("#" + code)
    return answer.json
