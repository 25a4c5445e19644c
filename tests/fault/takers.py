# SPDX-License-Identifier: ISC
"""takers: threads that take rights away from keys, by the programs that people
have for it, and write down when they were told that it is true."""

import json
import random
import subprocess
import threading
import time

from checker import Taking
from fault_world import HERE, PROGRAMS
from fcgi_raw import Client, Closed, whole

# What came of one try. DONE: it is true from now on. OPEN: it may be or may
# become true. FUTILE: asking again tells nothing new.
DONE, OPEN, FUTILE = range(3)
TRIES = 4
# What a wall clock may drift by within some seconds.
DRIFT_NS = 5_000_000


class Told:
    """The answer to one try."""

    def __init__(self, outcome, at, status):
        self.outcome, self.at, self.status = outcome, at, status


# -- the programs keys and apps --------------------------------------------

def call(world, program, target, method, path, body=None, wait=None):
    """One request to PROGRAM by the admin key of TARGET's account."""
    path = "/hasp/v1/" + path
    data = b"" if body is None else json.dumps(body).encode()
    pairs = {"REQUEST_METHOD": method, "REQUEST_URI": path,
             "DOCUMENT_URI": path, "QUERY_STRING": "", "REMOTE_ADDR": HERE,
             "SERVER_NAME": "manage.example", "HTTP_HOST": "manage.example",
             "HTTPS": "on", "CONTENT_LENGTH": str(len(data)),
             "HTTP_AUTHORIZATION":
                 "Bearer " + world.admins[target.account].text}
    if data:
        pairs["CONTENT_TYPE"] = "application/json"
    if wait is not None:
        pairs["HTTP_PREFER"] = f"wait={wait}"
    try:
        with Client(world.managers[program].socket, timeout=30) as client:
            client.send(whole(pairs, body=data))
            answer = client.answer()
    except (Closed, OSError):
        return Told(OPEN, time.monotonic_ns(), 0)
    at = time.monotonic_ns()
    if answer.status == 200:
        confirmed = json.loads(answer.body).get("confirmed", True)
        return Told(DONE if confirmed is True else OPEN, at, 200)
    if (method, answer.status) == ("DELETE", 409):
        # It was taken before, which is only said once that is true everywhere.
        return Told(DONE, at, 409)
    final = answer.status in (202, 429) or answer.status >= 500
    return Told(OPEN if final else FUTILE, at, answer.status)


def request(world, target, method, tail="", body=None, wait=None):
    """The same to the program keys, about the key TARGET."""
    return call(world, "keys", target, method, f"keys/{target.id}{tail}",
                body, wait)


def disconnect(world, target, wait, _):
    return call(world, "apps", target, "DELETE",
                f"apps/{target.grant.app}/connection", wait=wait)


def revoke(world, target, wait, _):
    return request(world, target, "DELETE", wait=wait)


def disable(world, target, wait, _):
    return request(world, target, "POST", "/disabled", wait=wait)


def narrow(world, target, wait, _):
    return request(world, target, "PATCH", wait=wait,
                   body={"allowed_ips": ["198.51.100.0/24"]})


def lower(world, target, wait, _):
    return request(world, target, "PATCH", body={"role": "read"}, wait=wait)


def expire(world, target, wait, moment):
    return request(world, target, "PATCH", wait=wait, body={
        "expires_at": time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                    time.gmtime(moment))})


def rotate(world, target, wait, _):
    return request(world, target, "POST", "/rotation", wait=wait,
                   body={"overlap_seconds": 0})


# -- haspctl ---------------------------------------------------------------

def command(world, *words):
    done = subprocess.run(
        [str(PROGRAMS["haspctl"]), "--database",
         world.login("hasp_operator"), "--json", *map(str, words)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, timeout=60, check=False)
    at = time.monotonic_ns()
    try:
        confirmed = json.loads(done.stdout).get("confirmed", True)
    except (ValueError, AttributeError):
        confirmed = True
    if done.returncode == 0 and confirmed is True:
        return Told(DONE, at, 0)
    # The database that says no (1) will say it again.
    return Told(FUTILE if done.returncode == 1 else OPEN, at,
                done.returncode)


def ctl_revoke(world, target, *_):
    return command(world, "key", "revoke", "--yes", target.id)


def ctl_rotate(world, target, *_):
    return command(world, "key", "rotate", "--overlap", "0", target.id)


def ctl_suspend(world, target, *_):
    return command(world, "account", "suspend", target.account)


def ctl_disconnect(world, target, *_):
    return command(world, "connection", "revoke", "--yes", target.grant.id)


def ctl_remove(world, target, *_):
    return command(world, "app", "remove", "--yes", target.grant.app)


def ctl_plan(world, target, *_):
    return command(world, "plan", "set", "--active", "no",
                   f"plan{target.account}")


class Kind:
    """A way to take: WAY takes from a GROUP of keys of ROLE, or of TOKENS of
    one connection."""

    def __init__(self, way, role="read", group=1, share=1, tokens=False):
        self.way, self.role, self.group, self.share = way, role, group, share
        self.tokens = tokens


KEYS = {
    "revoke": Kind(revoke, share=3),
    "disable": Kind(disable),
    "narrow": Kind(narrow),
    "lower": Kind(lower, role="write"),
    "expire": Kind(expire),
    "rotate": Kind(rotate),
    "disconnect": Kind(disconnect, group=3, share=2, tokens=True),
}
OPERATOR = {
    "haspctl key revoke": Kind(ctl_revoke, share=3),
    "haspctl key rotate": Kind(ctl_rotate),
    "haspctl account suspend": Kind(ctl_suspend, group=3),
    "haspctl plan set": Kind(ctl_plan, group=3),
    "haspctl connection revoke": Kind(ctl_disconnect, group=3, tokens=True),
    "haspctl app remove": Kind(ctl_remove, group=3, tokens=True),
}


class Supply:
    """What there is to take from: KIND -> groups of targets."""

    def __init__(self):
        self._groups = {}
        self._lock = threading.Lock()
        self.untouched = []

    def fill(self, world, seconds):
        """Enough for so many seconds."""
        accounts = [world.account() for _ in range(4)]
        for account in accounts:
            world.administer(account)
        self.untouched = [world.target(accounts[0]) for _ in range(20)]
        for kinds, rate in ((KEYS, 30), (OPERATOR, 12)):
            shares = sum(kind.share for kind in kinds.values())
            for name, kind in kinds.items():
                count = int(seconds * rate * kind.share / shares) + 3
                self._groups[name] = [
                    self._group(world, name, kind, accounts[i % 4])
                    for i in range(count)]

    @staticmethod
    def _group(world, name, kind, account):
        if name == "haspctl account suspend":
            account = world.account()
        elif name == "haspctl plan set":
            account = world.account(own_plan=True)
        grant = world.grant(account) if kind.tokens else None
        return [world.target(account, kind.role, grant)
                for _ in range(kind.group)]

    def take(self, name):
        """A group for the kind NAME; None if there is none left."""
        with self._lock:
            groups = self._groups[name]
            return groups.pop() if groups else None


class Taker(threading.Thread):
    """Takes one after the other, until told to end: each kind once, then by
    their shares. Of its SLOTS of hot keys, which nobody else uses, the last is
    for keys that expire later."""

    def __init__(self, world, supply, kinds, seed, slots):
        super().__init__(daemon=True)
        self.world, self.supply, self.kinds = world, supply, kinds
        self.rng = random.Random(seed)
        self.slots = slots
        self.takings = []
        self.statuses = {}
        self.error = None
        self._end = threading.Event()

    def end(self):
        self._end.set()

    def run(self):
        names = list(self.kinds)
        shares = [self.kinds[name].share for name in names]
        first = self.rng.sample(names, len(names))
        try:
            while not self._end.is_set():
                name = (first.pop() if first else
                        self.rng.choices(names, shares)[0])
                group = self.supply.take(name)
                if group is None:
                    time.sleep(0.05)
                else:
                    self._one(name, group)
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def _heat(self, group):
        for at, slot in enumerate(self.slots[:-1]):
            self.world.hot.set(slot, group[at] if at < len(group) else None)

    def _one(self, name, group):
        self._heat(group)
        time.sleep(self.rng.uniform(0.005, 0.04))
        moment = int(time.time()) + 2
        called = time.monotonic_ns()
        told = self._try(name, group[0], moment)
        returned = told.at if told.outcome == DONE else None
        drains = name != "expire"
        if returned is not None and not drains:
            due = (time.monotonic_ns() - time.time_ns() +
                   moment * 1_000_000_000 + DRIFT_NS)
            returned = max(returned, due)
            self.world.hot.set(self.slots[-1], group[0])
        self.takings.append(Taking([t.number for t in group], name, called,
                                   told.at, returned, drains))
        time.sleep(self.rng.uniform(0.02, 0.06))
        self._heat([])

    def _try(self, name, target, moment):
        """Asks until it is told something final, a few times."""
        for attempt in range(TRIES):
            wait = self.rng.choice([None, None, 1, 5])
            told = self.kinds[name].way(self.world, target, wait, moment)
            where = (name, told.status)
            self.statuses[where] = self.statuses.get(where, 0) + 1
            if told.outcome != OPEN or self._end.is_set():
                break
            time.sleep(0.1 * (attempt + 1))
        return told
