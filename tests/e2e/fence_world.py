# SPDX-License-Identifier: ISC
"""fence_world: verifiers that follow changes as a test wants, made by the SQL
that the programs use."""

import contextlib
import secrets
import threading

import psycopg2


class Verifier:
    """A registered verifier that has acknowledged all there was. CONNINFO is
    of the role hasp_auth. Without following() it says nothing more."""

    def __init__(self, conninfo, lease=60000, answer=2000):
        self.id = secrets.token_hex(16)
        self.conn = psycopg2.connect(conninfo)
        self.conn.autocommit = True
        self.lock = threading.Lock()
        self.last = self.query(
            "SELECT number FROM hasp.enrol_verifier(%s, 'a host', "
            "'auth-check', %s, %s, '')", self.id, lease, answer)
        self.renew()

    def query(self, text, *values):
        with self.lock, self.conn.cursor() as cursor:
            cursor.execute(text, values)
            row = cursor.fetchone()
        return row and row[0]

    def renew(self):
        """Whether it is alive."""
        return self.query("SELECT number FROM hasp.renew_verifier(%s, %s, "
                          "hasp.place(), 7, 8)", self.id, self.last) is not None

    def follow(self):
        """Acknowledges what there is."""
        self.last = self.query("SELECT number FROM hasp.changes_after(0)")
        self.query("SELECT hasp.acknowledge(%s, %s)", self.id, self.last)

    @contextlib.contextmanager
    def following(self):
        """It acknowledges every change at once."""
        end = threading.Event()

        def run():
            while not end.wait(0.002):
                self.follow()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield self
        finally:
            end.set()
            thread.join()

    def close(self):
        self.query("SELECT hasp.leave_verifier(%s)", self.id)
        self.conn.close()


def made(conninfo):
    """A function that makes verifiers, which go when the generator ends."""
    there = []

    def make(**how):
        there.append(Verifier(conninfo, **how))
        return there[-1]

    yield make
    for verifier in there:
        verifier.close()
