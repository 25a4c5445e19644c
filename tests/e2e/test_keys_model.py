# SPDX-License-Identifier: ISC
"""Random interleavings of what can be done with keys, against a model of the
rules: after each step auth-check says of every secret ever made what the model
says. HASP_LONG=1 takes more steps, HASP_SEED names the interleaving."""

import os
import random
import secrets

import pytest
from keys_world import Machine, code, make

STEPS = 4000 if os.environ.get("HASP_LONG") else 300
HOUR = 3600
OVERLAPS = (0, HOUR, 24 * HOUR, 30 * 24 * HOUR)
ADDRESSES = {"192.0.2.7": ["192.0.2.0/24"], "198.51.100.1": [
    "198.51.100.1/32", "2001:db8::/32"]}
ROLES = ("read", "write", "admin")
LEAST = {"GET": "read", "POST": "write", "DELETE": "admin"}


class Secret:
    def __init__(self, text):
        self.text = text
        self.end = None         # hours from the model's beginning
        self.overlap = None     # seconds that wait for its first use
        self.revoked = False

    def works(self, now):
        return not self.revoked and (self.end is None or self.end > now)

    def ends(self, at):
        self.end = at if self.end is None else min(self.end, at)


class Key:
    """What a key is, by the rules alone."""

    def __init__(self, made, role):
        self.id = made["id"]
        self.role = role
        self.secrets = [Secret(made["secret"])]
        self.revoked = self.disabled = False
        self.expires = None
        self.ips = []

    def verdict(self, secret, now, address, method):
        if self.revoked:
            return "key_revoked"
        if secret.revoked:
            return "secret_ended"
        if self.disabled:
            return "key_disabled"
        if self.expires is not None and self.expires <= now:
            return "key_expired"
        if not secret.works(now):
            return "secret_ended"
        if self.ips and self.ips != ADDRESSES[address]:
            return "address_refused"
        if ROLES.index(self.role) < ROLES.index(LEAST[method]):
            return "role_insufficient"
        return "ok"

    def begin_overlap(self, secret, now):
        """SECRET is used for the first time, or stops waiting for it."""
        if secret.overlap is None:
            return
        for other in self.secrets[:self.secrets.index(secret)]:
            other.ends(now + secret.overlap)
        secret.overlap = None

    def rotate(self, text, overlap, first_use, now):
        """What is refused, or None."""
        if self.revoked or self.expires is not None and self.expires <= now:
            return "key_ended"
        after = [s.end for s in self.secrets]
        waiting = self.secrets[-1].overlap
        for place, secret in enumerate(self.secrets):
            for seconds in ([] if first_use else [overlap]) + (
                    [waiting] if waiting is not None and
                    secret is not self.secrets[-1] else []):
                end = now + seconds
                after[place] = end if after[place] is None else min(
                    after[place], end)
        if sum(not s.revoked and (end is None or end > now)
               for s, end in zip(self.secrets, after)) >= 10:
            return "too_many_secrets"
        for secret, end in zip(self.secrets, after):
            secret.end, secret.overlap = end, None
        self.secrets.append(Secret(text))
        self.secrets[-1].overlap = overlap if first_use else None
        return None


class Model:
    """The keys, and the steps that are taken with them and with the model of
    them alike. Time stands still but where sleep() moves it."""

    def __init__(self, world, chance):
        self.world = world
        self.chance = chance
        self.who = Machine(world, world.make_account())
        self.keys = []
        self.now = 0
        self.seen = set()

    def call(self, method, key, more="", body=None):
        return self.who.call(method, "/keys/" + key.id + more, body)

    def expect(self, answer, problem):
        """ANSWER is that refusal, or none."""
        got = answer.json.get("code") if answer.status >= 300 else None
        assert got == problem, answer.json
        self.seen.add(problem)

    # -- steps -----------------------------------------------------------

    def create(self, _):
        role = self.chance.choice(ROLES)
        self.keys.append(Key(make(self.who, role=role), role))

    def rotate(self, key):
        overlap = self.chance.choice(OVERLAPS)
        first = self.chance.random() < 0.5
        answer = self.call("POST", key, "/rotation", {
            "overlap_seconds": overlap,
            "overlap_starts": "first_use" if first else "now"})
        self.expect(answer, key.rotate(answer.json.get("secret"), overlap,
                                       first, self.now))

    def switch(self, key, off):
        answer = self.call("POST" if off else "DELETE", key, "/disabled")
        self.expect(answer, "key_ended" if key.revoked else None)
        key.disabled = key.disabled if key.revoked else off

    def disable(self, key):
        self.switch(key, True)

    def enable(self, key):
        self.switch(key, False)

    def revoke(self, key):
        self.expect(self.call("DELETE", key),
                    "already_revoked" if key.revoked else None)
        key.revoked = True

    def end_secret(self, key):
        place = self.chance.randrange(len(key.secrets))
        secret = key.secrets[place]
        answer = self.call("DELETE", key, "/secrets/%d?force=true"
                           % (place + 1))
        problem = ("key_ended" if key.revoked else
                   "secret_last" if secret is key.secrets[-1] else
                   None if secret.works(self.now) else
                   "secret_already_ended")
        self.expect(answer, problem)
        secret.revoked = secret.revoked or problem is None

    def patch(self, key):
        role, ips = self.chance.choice(ROLES), self.chance.choice(
            [[], *ADDRESSES.values()])
        answer = self.call("PATCH", key, "", {"role": role,
                                              "allowed_ips": ips})
        self.expect(answer, "key_ended" if key.revoked else None)
        if not key.revoked:
            key.role, key.ips = role, ips

    def expire(self, key):
        """Its time is over, by SQL; or extended, by a request."""
        if key.expires is None:
            self.world.change("UPDATE hasp.key SET expires_at = now() - "
                              "interval '1 hour' WHERE id = '%s'" % key.id)
            key.expires = self.now - HOUR
            return
        answer = self.call("PATCH", key, "", {"expires_at": None})
        self.expect(answer, "key_ended" if key.revoked else None)
        if not key.revoked:
            key.expires = None

    def sleep(self, _):
        """Half an hour goes by: every end comes nearer."""
        self.world.change(
            "UPDATE hasp.secret SET expires_at = expires_at - interval "
            "'30 minutes' WHERE account = %d" % self.who.account)
        self.now += HOUR // 2

    # -- holding both against each other ---------------------------------

    def check(self, key):
        """Every secret of KEY, in any order: a first use changes others."""
        address = self.chance.choice(list(ADDRESSES))
        method = self.chance.choice(list(LEAST))
        for secret in self.chance.sample(key.secrets, len(key.secrets)):
            if secret.overlap is not None and self.chance.random() < 0.6:
                # Its first use is left for later.
                continue
            want = key.verdict(secret, self.now, address, method)
            assert code(self.world, secret.text, address, method) == want
            self.seen.add(want)
            if want == "ok":
                waited = secret.overlap is not None
                key.begin_overlap(secret, self.now)
                if waited:
                    # The check that began it waited for nobody.
                    self.world.cluster.settle("hasp")

    STEPS = {create: 3, rotate: 8, disable: 2, enable: 3, revoke: 1,
             end_secret: 4, patch: 5, expire: 3, sleep: 2}

    def step(self):
        act = self.chance.choices(list(self.STEPS), list(
            self.STEPS.values()))[0]
        key = self.chance.choice(self.keys[-4:])
        act(self, key)
        return key


def test_auth_check_says_what_the_model_says(managed):
    seed = os.environ.get("HASP_SEED") or secrets.token_hex(4)
    print("HASP_SEED=" + seed)
    model = Model(managed, random.Random(seed))
    model.create(None)
    for number in range(STEPS):
        key = model.step()
        # What was touched each time, all of them now and then.
        for one in model.keys if number % 20 == 0 else [key, model.keys[-1]]:
            model.check(one)
    for one in model.keys:
        model.check(one)
    # The interleaving was worth it.
    assert {None, "ok", "key_ended", "key_revoked", "key_disabled",
            "key_expired", "secret_ended", "address_refused",
            "role_insufficient"} <= model.seen


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_interleavings_that_everybody_has(managed, seed, monkeypatch):
    monkeypatch.setenv("HASP_SEED", seed)
    test_auth_check_says_what_the_model_says(managed)
