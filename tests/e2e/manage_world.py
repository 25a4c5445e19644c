# SPDX-License-Identifier: ISC
"""manage_world: a database with auth-check, keys and accounts over it, spoken
to over FastCGI as the shipped nginx files do. Every answer is held against
docs/openapi.json, and so is every request that was granted."""

import json
import re

import openapi
from auth_world import World, bearer, header
from fcgi_raw import BUILD, Program

API = "/hasp/v1"
HOST = "manage.example"


class Session:
    """What a browser keeps after signing in."""

    def __init__(self, answer):
        self.cookie = re.match(r"__Host-hasp=([^;]+)", header(
            answer, "Set-Cookie")).group(1)
        self.csrf = answer.json["csrf_token"]


class ManageWorld(World):
    """call() asks keys or accounts; ask() asks auth-check."""

    OWNER = {"/keys": "keys", "/session": "accounts",
             "/account": "accounts", "/members": "accounts"}

    def __init__(self):
        super().__init__()
        self.programs = {}
        self.options = {"keys": {}, "accounts": {}}

    def start(self):
        super().start()
        for name in ("keys", "accounts"):
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
            "conninfo": "\n ".join(login.split(" ")), **self.options[name]})
        program.start()
        return program

    def stop(self):
        bad = [name for name, program in self.programs.items()
               if program.stop()[0] != 0]
        logs = "".join(self.programs[name].log.read_text() for name in bad)
        super().stop()
        assert not bad, logs

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
        answer.json = json.loads(answer.body) if answer.body else None
        openapi.check(method, API + target, answer)
        return answer


def refused(answer, status, code):
    """ANSWER is that refusal, whole; its problem comes back."""
    assert (answer.status, answer.json and answer.json.get("code")) == (
        status, code), (answer.status, answer.json)
    assert header(answer, "Content-Type") == "application/problem+json"
    assert header(answer, "Cache-Control") == "no-store"
    assert answer.json["status"] == status and answer.json["detail"]
    assert answer.json["type"].endswith("#" + code)
    return answer.json
