# SPDX-License-Identifier: ISC
"""haspctl_world: a database as haspctl makes it, and haspctl for it."""

import json

from haspctl_run import haspctl
from order import ORDER


CERTAINTY = ("seq", "confirmed", "waited_ms", "durability", "confirm_after")


def certain(told):
    """What is TOLD beside how certain it is, which it is if that is told."""
    if not isinstance(told, dict) or "waited_ms" not in told:
        return told
    assert told["confirmed"] is True and told["confirm_after"] is None, told
    return {name: value for name, value in told.items()
            if name not in CERTAINTY}


class World:
    """A database, and haspctl for it."""

    def __init__(self, cluster, passfiles, name):
        self.cluster, self.passfiles, self.name = cluster, passfiles, name
        self.admin = cluster.conninfo(name)
        self.made = haspctl("db", "init", "--passfile-dir", passfiles,
                            "--database", self.admin)
        assert self.made.returncode == 0, self.made.stderr
        done = haspctl("db", "migrate", "--database", self.admin)
        assert done.returncode == 0, done.stderr
        self.sql(ORDER)

    def conninfo(self, role="hasp_operator", **more):
        return self.cluster.conninfo(
            self.name, user=role,
            passfile=self.passfiles / f"{role}.pgpass", **more)

    def run(self, *words, **more):
        return haspctl("--database", self.conninfo(), *words, **more)

    def json(self, *words):
        done = self.run("--json", *words)
        assert done.returncode == 0, done.stderr
        return certain(json.loads(done.stdout))

    def account(self, name="An account"):
        done = self.run("-q", "account", "create", "--name", name)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    def key(self, *words, account=None):
        """The key just made, as JSON, with its secret."""
        return self.json("key", "create", "--account",
                         account or self.account(), "--name", "A key",
                         "--role", "read", *words)

    def app(self, *words):
        """The app just made, as JSON, with its secret."""
        return self.json("app", "create", "--name", "An app", "--publisher",
                         "A publisher", *words)

    def connect(self, account, app, tokens=1):
        """The number of a connection that somebody granted, with as many
        tokens that do not end."""
        return int(self.sql(f"""
            WITH c AS (INSERT INTO hasp.connection (account, app, role,
                environment, granted_by)
            VALUES ({account}, '{app}', 'write', 'live', 'operator')
            RETURNING id)
            SELECT id FROM c""") + self.sql(f"""
            INSERT INTO hasp.key (id, account, name, kind, role, environment,
                app, connection, created_by)
            SELECT 'key_' || substr(md5(c.id || '-' || g), 1, 16), c.account,
                'A token', 'app_token', 'read', 'live', c.app, c.id,
                'operator'
            FROM hasp.connection c, generate_series(1, {tokens}) g
            WHERE c.account = {account} AND c.app = '{app}'
                AND c.revoked_at IS NULL"""))

    def refused(self, status, *words, **more):
        """What it says when it does not do it, nothing on standard output."""
        done = self.run(*words, **more)
        assert (done.returncode, done.stdout) == (status, ""), \
            (words, done.stdout, done.stderr)
        assert done.stderr.startswith("haspctl: ")
        return done.stderr

    def events(self, account=0):
        """What the log says of an account, in order."""
        return self.sql("SELECT event FROM hasp.audit_event WHERE account = "
                        f"{account} AND actor = 'operator' "
                        "ORDER BY seq").splitlines()

    def sql(self, text):
        return self.cluster.psql(self.name, text)
