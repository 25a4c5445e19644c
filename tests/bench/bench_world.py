# SPDX-License-Identifier: ISC
"""bench_world: a database with many keys, as many verifiers (auth-check) over
it as are wanted, and keys, all of them spoken to straight on their sockets."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e"), str(HERE.parent)]

import keys  # noqa: E402
from cluster import Cluster  # noqa: E402
from fcgi_raw import BUILD, Client, Program, whole  # noqa: E402

ASKER = BUILD / "tests" / "bench" / "asker" / "asker"
ADDRESS = "192.0.2.7"


def program(name):
    return BUILD / "fcgi-apps" / name / name


class BenchKey:
    def __init__(self):
        self.id, self.text = keys.make_id(), keys.make()


class BenchWorld:
    """SYNCED: the database waits for its disk, as it does in real life."""

    def __init__(self, synced=True):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hasp-bw.",
                                                    dir="/tmp"))
        os.chmod(self.folder, 0o755)
        self.cluster = Cluster(self.folder / "pg")
        self.synced = synced
        self.verifiers, self.manager, self.admin = [], None, None
        self.apps = None
        self.account = 0
        self.children = []

    def start(self):
        self.cluster.start()
        self.cluster.createdb("hasp")
        if self.synced:
            for option in "fsync", "full_page_writes":
                self.cluster.psql("hasp", f"ALTER SYSTEM SET {option} = on")
            self.cluster.psql("hasp", "SELECT pg_reload_conf()")
        for words in (["db", "init", "--passfile-dir",
                       str(self.folder / "pass")], ["db", "migrate"]):
            subprocess.run(
                [program("haspctl"), "--database",
                 self.cluster.conninfo("hasp"), *words], check=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.account = int(self.sql(
            "INSERT INTO hasp.account (name, plan, region) VALUES ('bench', "
            "'standard', 'main') RETURNING id"))
        self.admin = self.make_keys(1, "admin")[0]
        self.manager = self.run("keys", "keys").start()
        return self

    def sql(self, text):
        return self.cluster.psql("hasp", text)

    def run(self, name, what, **options):
        """The program WHAT in a folder NAME, not started."""
        folder = self.folder / name
        folder.mkdir()
        role = "hasp_" + {"auth-check": "auth"}.get(what, what)
        login = self.cluster.conninfo("hasp", user=role, passfile=(
            self.folder / "pass" / f"{role}.pgpass"))
        return Program(folder, program(what), {
            "conninfo": "\n ".join(login.split(" ")), **options},
            level="info", stdin=subprocess.DEVNULL)

    def make_keys(self, count, role="read"):
        made = [BenchKey() for _ in range(count)]
        for part in range(0, count, 5000):
            some = made[part:part + 5000]
            self.sql(
                "INSERT INTO hasp.key (id, account, name, kind, role, "
                "environment, created_by) VALUES " + ",".join(
                    f"('{key.id}', {self.account}, 'a key', 'access_token', "
                    f"'{role}', 'live', 'operator')" for key in some) +
                "; INSERT INTO hasp.secret (digest, key_id, version, "
                "last_four) VALUES " + ",".join(
                    f"('\\x{keys.digest(key.text)}', '{key.id}', 1, "
                    f"'{key.text[-4:]}')" for key in some))
        self.sql("ANALYZE hasp.key, hasp.secret")
        return made

    # -- verifiers -------------------------------------------------------

    def verify(self, count):
        """Has COUNT verifiers run, each with a lease."""
        while len(self.verifiers) > count:
            self.verifiers.pop().stop(seconds=20)
        while len(self.verifiers) < count:
            name = f"verifier{len(self.verifiers)}"
            shutil.rmtree(self.folder / name, ignore_errors=True)
            self.verifiers.append(self.run(name, "auth-check").start())
        self.cluster.settle("hasp")

    # -- asking ----------------------------------------------------------

    def ask(self, text, verifier=0):
        """The status of a check, and how many ms it took."""
        request = whole({
            "HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
            "REQUEST_METHOD": "GET", "REQUEST_URI": "/", "DOCUMENT_URI": "/",
            "REMOTE_ADDR": ADDRESS, "HTTP_AUTHORIZATION": "Bearer " + text})
        with Client(self.verifiers[verifier].socket) as client:
            begun = time.monotonic()
            client.send(request)
            return client.answer().status, (time.monotonic() - begun) * 1000

    def asker(self, some, *how):
        """Starts asker about the keys SOME at all verifiers."""
        path = self.folder / "asked"
        path.write_text("".join(key.text + "\n" for key in some),
                        encoding="ascii")
        child = subprocess.Popen(
            [str(word) for word in (ASKER, *how, path, *(
                v.socket for v in self.verifiers))],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.children.append(child)
        return child

    def asked(self, child, timeout=120):
        """What it says when it ends: {"seconds": .., "good": {..}, ..}."""
        said, _ = child.communicate(timeout=timeout)
        self.children.remove(child)
        assert child.returncode == 0, "asker failed"
        found = {"seconds": float(re.search(r"seconds (\S+)", said)[1])}
        for kind in "good", "bad":
            line = re.search(rf"^{kind} (.*)$", said, re.M)[1].split()
            found[kind] = dict(zip(line[::2], map(int, line[1::2])))
        return found

    def end(self, child):
        """Ends an asker whose word is not wanted."""
        child.kill()
        child.communicate()
        self.children.remove(child)

    # -- managing --------------------------------------------------------

    def manage(self, client, method, path, body=None):
        """The answer of a program to the admin key, and how many ms it took.
        """
        data = b"" if body is None else json.dumps(body).encode()
        target, _, query = path.partition("?")
        pairs = {"REQUEST_METHOD": method, "REQUEST_URI": "/hasp/v1" + path,
                 "DOCUMENT_URI": "/hasp/v1" + target, "QUERY_STRING": query,
                 "REMOTE_ADDR": ADDRESS, "SERVER_NAME": "manage.example",
                 "HTTP_HOST": "manage.example", "HTTPS": "on",
                 "CONTENT_LENGTH": str(len(data)),
                 "HTTP_AUTHORIZATION": "Bearer " + self.admin.text}
        if data:
            pairs["CONTENT_TYPE"] = "application/json"
        request = whole(pairs, body=data)
        begun = time.monotonic()
        client.send(request)
        answer = client.answer()
        return answer, (time.monotonic() - begun) * 1000

    def stop(self):
        for child in list(self.children):
            self.end(child)
        bad = []
        for one in [*self.verifiers, self.manager, self.apps]:
            if one is None or one.process is None:
                continue
            try:
                status, _ = one.stop(seconds=20)
            except subprocess.TimeoutExpired:
                one.process.kill()
                status = one.process.wait()
            if status != 0:
                bad.append(f"{one.root.name}: {status}")
        self.cluster.remove()
        shutil.rmtree(self.folder, ignore_errors=True)
        if bad:
            print("did not end well: " + ", ".join(bad))
