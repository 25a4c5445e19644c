# SPDX-License-Identifier: ISC
"""keys_world: who manages keys in tests: people whose sessions and proofs are
put straight into the database, and admin keys."""

import hashlib
import json
import random

import keys
from auth_world import header


# What the answer to a change that was waited for tells of that.
CERTAINTY = ("confirmed", "seq", "waited_ms", "durability")


def digits(count=43):
    return "".join(random.choices(keys.DIGITS, k=count))


class Person:
    """A member of ACCOUNT who is signed in; it passes for a Session."""

    def __init__(self, world, account=None, may_administer=True):
        self.world = world
        self.account = account or world.account
        self.cookie = digits()
        self.digest = keys.digest(self.cookie)
        self.csrf = hashlib.sha256(
            b"hasp csrf 1\0" + self.cookie.encode()).hexdigest()
        self.id = int(world.sql(
            "INSERT INTO hasp.member (account, email, may_administer) VALUES "
            "(%d, lower('%s@example.org'), %s) RETURNING id"
            % (self.account, digits(12), may_administer)))
        world.sql(
            "INSERT INTO hasp.session (digest, account, member, idle_seconds,"
            " expires_at) VALUES ('\\x%s', %d, %d, 3600, now() + interval "
            "'1 day')" % (self.digest, self.account, self.id))

    def proof(self, seconds=120):
        """A proof of re-authentication that counts for so long."""
        text = digits()
        self.world.sql(
            "INSERT INTO hasp.proof (digest, account, session, expires_at) "
            "VALUES ('\\x%s', %d, '\\x%s', now() + interval '%d seconds')"
            % (keys.digest(text), self.account, self.digest, seconds))
        return text

    def call(self, method, path, body=None, proved=False, **more):
        if proved:
            more["proof"] = self.proof()
        return self.world.call(method, path, body, session=self, **more)


class Machine:
    """An admin key of ACCOUNT."""

    def __init__(self, world, account=None, role="admin"):
        self.world = world
        self.account = account or world.account
        self.key = world.key(self.account, role="'%s'" % role)
        self.id = self.key.id

    def call(self, method, path, body=None, proved=False, **more):
        del proved
        return self.world.call(method, path, body, key=self.key, **more)


def make(who, proved=True, **members):
    """The key just made, with its secret."""
    body = {"name": "a key", "role": "read", **members}
    answer = who.call("POST", "/keys", body, proved=proved)
    assert answer.status == 201, (answer.status, answer.json)
    return answer.json


def etag(answer):
    return header(answer, "ETag")


def confirmed(answer):
    """What ANSWER tells beside how certain it is, which it is."""
    assert answer.status == 200, answer.json
    told = {name: answer.json[name] for name in CERTAINTY}
    assert told["confirmed"] is True and told["durability"] == "local", told
    assert told["seq"] > 0 and told["waited_ms"] >= 0, told
    return {name: value for name, value in answer.json.items()
            if name not in CERTAINTY}


def events(world, key):
    """What the log says of a key, oldest first."""
    return world.sql("SELECT event FROM hasp.audit_event WHERE key_id = '%s' "
                     "ORDER BY seq" % key).split()


def code(world, text, address="192.0.2.7", method="GET"):
    """What auth-check says of a key's text: its code, or ok."""
    answer = world.ask("Bearer " + text, REMOTE_ADDR=address,
                       REQUEST_METHOD=method, REQUEST_ID=None)
    if answer.status == 204:
        return "ok"
    return json.loads(answer.body)["code"]
