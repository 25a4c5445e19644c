# SPDX-License-Identifier: ISC
"""apps_world: apps, connect codes and connections in tests: by the endpoints of
the account, and where a publisher acts, straight in the database."""

import uuid

import keys
from keys_world import digits

ROLES = ("read", "write", "admin")


class App:
    """An app of the operator's, or of ACCOUNT."""

    def __init__(self, world, account=None, name="An app", home_page=""):
        self.world, self.account = world, account
        self.name, self.publisher = name, "A publisher"
        self.guid = str(uuid.uuid4())
        world.sql("INSERT INTO hasp.app (guid, account, name, publisher, "
                  "home_page, created_by) VALUES ('%s', %s, '%s', '%s', '%s', "
                  "'operator')" % (self.guid, account or "NULL", name,
                                   self.publisher, home_page))

    @property
    def path(self):
        return "/apps/" + self.guid

    def code(self, account, role="admin", environment="live", seconds=900):
        """A connect code for ACCOUNT, as its publisher would make it."""
        text = keys.make("code", "haspcon")
        self.world.sql(
            "INSERT INTO hasp.connect_code (digest, app, account, role, "
            "environment, expires_at) VALUES ('\\x%s', '%s', %d, '%s', '%s', "
            "now() + interval '%d seconds')" % (
                keys.digest(text), self.guid, account, role, environment,
                seconds))
        return text

    def connect(self, who, role="admin", environment="live"):
        """WHO's account is connected; the answer's body."""
        answer = who.call("POST", self.path + "/connection", {
            "code": self.code(who.account, role, environment)}, proved=True)
        assert answer.status == 201, answer.json
        return answer.json

    def fetch(self, account, count=1, role="read", seconds=3600):
        """Tokens as the app would fetch them, for the account's newest
        connection: their texts."""
        texts = [keys.make("live", "haspapp") for _ in range(count)]
        ids = [keys.make_id() for _ in texts]
        connection = "(SELECT max(id) FROM hasp.connection WHERE account = " \
            "%d AND app = '%s')" % (account, self.guid)
        for at in range(0, count, 5000):
            part = range(at, min(count, at + 5000))
            self.world.sql(
                "INSERT INTO hasp.key (id, account, name, kind, role, "
                "environment, app, connection, created_by, expires_at) VALUES "
                + ",".join(
                    "('%s', %d, 'fetched', 'app_token', '%s', 'live', '%s', "
                    "%s, 'app:%s', now() + interval '%d seconds')" % (
                        ids[n], account, role, self.guid, connection,
                        self.guid, seconds) for n in part)
                + "; INSERT INTO hasp.secret (digest, key_id, version, "
                "last_four, expires_at) SELECT d.digest, d.key, 1, d.last, "
                "k.expires_at FROM (VALUES " + ",".join(
                    "('\\x%s'::bytea, '%s', '%s')" % (
                        keys.digest(texts[n]), ids[n], texts[n][-4:])
                    for n in part)
                + ") AS d (digest, key, last) JOIN hasp.key k ON k.id = d.key")
        return texts


def token(who, app, role="read", proved=True, **more):
    """A token made by hand, with its secret."""
    answer = who.call("POST", app.path + "/tokens", {
        "name": "by hand " + digits(4), "role": role, **more}, proved=proved)
    assert answer.status == 201, answer.json
    return answer.json


def events(world, account, app):
    """What the log of an account says of an app, oldest first."""
    return world.sql(
        "SELECT event FROM hasp.audit_event WHERE account = %d AND "
        "detail ->> 'app' = '%s' ORDER BY seq" % (account, app.guid)).split()


def state(world, account):
    """What there is of an account but for its sessions and log."""
    return [world.sql(
        "SELECT t FROM hasp.%s t WHERE account = %d ORDER BY 1"
        % (table, account)) for table in (
            "app", "connect_code", "connection", "key", "proof",
            "idempotency")]
