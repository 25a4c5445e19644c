# SPDX-License-Identifier: ISC
"""driver: the C program exercise as a Python object, and the statements'
files as Python values."""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import secrets
import subprocess
import tempfile

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HASP_BUILD", SOURCE))
PROGRAM = BUILD / "tests" / "sql" / "exercise"

# The roles that programs log in as.
LOGINS = ("hasp_accounts", "hasp_apps", "hasp_audit", "hasp_auth", "hasp_keys",
          "hasp_operator")


def need():
    """Skip, and say why, where the program was not built."""
    if not PROGRAM.exists():
        pytest.skip("%s is not built: make check_PROGRAMS" % PROGRAM)


class Exercise:
    """One process with one database handle."""

    def __init__(self, conninfo, connect=2000, query=5000, breaker=0,
                 env=None):
        need()
        # Its log goes to a file: nobody reads a pipe meanwhile.
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(PROGRAM), conninfo, str(connect), str(query), str(breaker)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            text=True, bufsize=1, env=env)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self, *words):
        """Send a command; answer() gets what came of it."""
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        assert line, "the program ended: " + self.logged()
        return json.loads(line)

    def do(self, *words):
        self.start(*words)
        return self.answer()

    def ok(self, *words):
        got = self.do(*words)
        assert got["err"] == "ok", got
        return got

    def err(self, *words):
        """The code alone."""
        return self.do(*words)["err"]

    def logged(self):
        self.log.flush()
        with open("/proc/self/fd/%d" % self.log.fileno(),
                  encoding="utf-8") as copy:
            return copy.read()

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                code = self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
            assert code == 0, self.logged()
        self.process.stdout.close()


class Key:
    """A key to be made: everything random, nothing that looks real."""

    def __init__(self, account, **given):
        alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
        self.account = account
        self.id = "key_" + "".join(secrets.choice(alphabet)
                                   for _ in range(16))
        self.name = "a key"
        self.kind = "access_token"
        self.role = "read"
        self.environment = "live"
        self.ranges = ""
        self.rate = self.burst = self.daily_quota = 0
        self.actor = "operator"
        self.not_before = 0
        self.expires = 0
        self.digest = hashlib.sha256(secrets.token_bytes(8)).hexdigest()
        self.last = "abcd"
        for name, value in given.items():
            assert hasattr(self, name)
            setattr(self, name, value)

    @property
    def ref(self):
        """How commands that change it begin."""
        return (self.account, self.actor, self.id)

    def values(self):
        """What can be changed of it."""
        return (self.name, self.role, self.ranges, self.rate, self.burst,
                self.not_before, self.expires, self.daily_quota)

    def words(self):
        return (*self.ref, *self.values(), self.kind, self.environment,
                self.digest, self.last)


@dataclasses.dataclass
class Statement:
    """One file of sql/statements."""

    name: str
    text: str
    params: list
    types: list
    columns: list
    roles: list
    reads: bool


def statement(path):
    text = path.read_text(encoding="ascii")
    comments = re.sub(r"\n--\t", " ", text)
    return Statement(
        name=path.stem,
        text=re.sub(r"^--.*\n", "", text, flags=re.M),
        params=re.findall(r"^-- \$\d+ (\w+)", text, re.M),
        types=re.findall(r"^-- \$\d+ \w+ (\w+(?:\[\])?)", text, re.M),
        columns=re.sub(r"\(.*?\)", "", re.search(
            r"^-- columns:(.*)$", comments, re.M).group(1)).split(),
        roles=re.search(r"^-- roles: (.*)$", text, re.M).group(1).split(),
        reads=re.search(r"^-- (reads|writes)$", text,
                        re.M).group(1) == "reads")


STATEMENTS = [statement(path) for path in
              sorted((SOURCE / "sql" / "statements").glob("*.sql"))]
MIGRATIONS = sorted((SOURCE / "sql" / "migrations").glob("*.sql"))
