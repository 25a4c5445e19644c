# SPDX-License-Identifier: ISC
"""auth-check as a verifier: it tells who it is, follows what is changed,
leaves nobody waiting, and answers from memory as it does without."""

import os
import random

import pytest

import keys
from auth_world import AUTH_CHECK, World, bearer, code
from fcgi_raw import Program

LEASE = 30      # seconds: nothing here may rest on its end


@pytest.fixture(scope="module")
def world():
    made = World(lease_time=LEASE * 1000)
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture
def start(world, tmp_path_factory):
    """Starts one more auth-check with options of its own."""
    made = []

    def begin(**options):
        made.append(Program(tmp_path_factory.mktemp("f"), AUTH_CHECK, {
            "conninfo": world.program.options["conninfo"],
            "lease_time": LEASE * 1000, **options}))
        return made[-1].start()

    yield begin
    for program in made:
        if program.process.poll() is None:
            assert program.stop()[0] == 0, program.log.read_text()


def alive(world):
    return int(world.sql("SELECT count(*) FROM hasp.verifier WHERE NOT dead"))


def ask(program, key, **changes):
    pairs = {"HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
             "REQUEST_METHOD": "GET", "REQUEST_URI": "/a",
             "DOCUMENT_URI": "/a", "REMOTE_ADDR": "192.0.2.7",
             **({} if key is None else {"HTTP_AUTHORIZATION": bearer(key)}),
             **changes}
    with program.client() as client:
        return client.ask(pairs)


def test_it_says_who_it_is(world):
    host, program, lease, answer = world.sql(
        "SELECT host, program, lease_ms, answer_ms FROM hasp.verifier WHERE "
        "NOT dead").split("|")
    assert host == os.uname().nodename
    assert (program, lease, answer) == ("auth-check", str(LEASE * 1000),
                                        "2000")


def test_a_change_by_hand_counts_when_it_is_confirmed(world):
    """Every field of a record, there and back."""
    key = world.key()
    for change, back, refusal in (
            ("disabled_at = now()", "disabled_at = NULL", "key_disabled"),
            ("expires_at = now()", "expires_at = NULL", "key_expired"),
            ("allowed_ranges = '{10.0.0.0/8}'", "allowed_ranges = '{}'",
             "address_refused"),
            ("not_before = now() + interval '1 hour'", "not_before = NULL",
             "key_not_yet_valid")):
        assert world.ask(bearer(key)).status == 204
        key.update(change)
        assert code(world.ask(bearer(key))) == refusal
        key.update(back)
    for table, change, back, refusal in (
            ("account", "status = 'suspended'", "status = 'active'",
             "account_suspended"),
            ("plan", "active = false", "active = true", "plan_inactive")):
        where = ("id = %d" % world.account if table == "account" else
                 "code = 'standard'")
        assert world.ask(bearer(key)).status == 204
        world.change("UPDATE hasp.%s SET %s WHERE %s" % (
            table, change, where))
        assert code(world.ask(bearer(key))) == refusal
        world.change("UPDATE hasp.%s SET %s WHERE %s" % (table, back, where))
    assert world.ask(bearer(key)).status == 204
    world.change("DELETE FROM hasp.secret WHERE key_id = '%s'" % key.id)
    assert code(world.ask(bearer(key))) == "key_unknown"


def test_a_clean_end_leaves_no_row(world, start):
    before = alive(world)
    program = start()
    assert alive(world) == before + 1
    assert program.stop()[0] == 0
    assert alive(world) == before


def test_nobody_waits_for_one_that_was_killed(world, start):
    """Its successor in the place has it buried; another place has not."""
    before = alive(world)
    program, other = start(), start()
    assert alive(world) == before + 2
    for victim in (program, other):
        victim.process.kill()
        victim.process.wait()
    # A socket that nobody listens at is replaced.
    program.start()
    assert alive(world) == before + 2
    key = world.key()
    assert ask(program, key).status == 204
    other.start()
    assert alive(world) == before + 2
    # All that live follow: this returns.
    key.update("disabled_at = now()")
    for one in (program, other):
        assert code(ask(one, key)) == "key_disabled"


def test_a_place_is_of_one(world, start):
    """A second process with the same file does no harm, and says so."""
    before = alive(world)
    first = start()
    second = start(verifier_file=str(first.socket) + ".verifier")
    line = second.wait_log("verifier_file")[0]
    assert "another process has it" in line
    key = world.key()
    assert ask(first, key).status == ask(second, key).status == 204
    assert alive(world) == before + 2


def test_who_was_buried_registers_anew(world, start):
    program = start(lease_time=1000)
    key = world.key()
    assert ask(program, key).status == 204
    before = alive(world)
    world.sql("UPDATE hasp.verifier SET dead = true WHERE lease_ms = 1000")
    program.wait_log("verifier_buried")
    assert world.cluster.wait_for(lambda: alive(world) == before)
    assert world.cluster.wait_for(lambda: ask(program, key).status == 204)


def test_a_database_put_back(world, start):
    """Numbers go back: nothing remembered counts."""
    program = start(lease_time=1000)
    key, other = world.key(), world.key()
    assert ask(program, key).status == ask(program, other).status == 204
    world.sql("ALTER TABLE hasp.secret DISABLE TRIGGER secret_changed")
    key.sql("UPDATE hasp.key SET disabled_at = now() WHERE id = '%s'" % key.id)
    world.sql("ALTER TABLE hasp.secret ENABLE TRIGGER secret_changed")
    assert ask(program, key).status == 204
    world.sql("UPDATE hasp.fence SET seq = 0; DELETE FROM hasp.change")
    assert world.cluster.wait_for(lambda: ask(program, key).status != 204)
    assert world.cluster.wait_for(
        lambda: code(ask(program, key)) == "key_disabled")
    assert ask(program, other).status == 204


CHANGES = (
    "key SET disabled_at = now()", "key SET disabled_at = NULL",
    "key SET role = 'read'", "key SET role = 'admin'",
    "key SET expires_at = now() - interval '1 hour', not_before = NULL",
    "key SET expires_at = NULL",
    "key SET allowed_ranges = '{192.0.2.0/24}'",
    "key SET allowed_ranges = '{198.51.100.0/24,2001:db8::/32}'",
    "key SET allowed_ranges = '{}'",
    "key SET name = 'other'", "key SET environment = 'test'",
    "key SET environment = 'live'",
    "key SET kind = 'api_key'", "key SET kind = 'access_token'",
    "account SET status = 'suspended'", "account SET status = 'active'",
    "account SET legacy_deprecated_at = '2020-01-01', legacy_link = "
    "'https://example.org/x'",
    "account SET legacy_deprecated_at = NULL, legacy_link = NULL",
    "secret SET revoked_at = now()", "secret SET revoked_at = NULL",
    "secret SET expires_at = '2020-01-01'", "secret SET expires_at = NULL",
)


def same(one, other):
    """What an answer says, but for what is of its request."""
    def told(answer):
        return (answer.status, sorted(
            (n, v) for n, v in answer.headers if n != "X-Hasp-Request-Id"),
            answer.body)
    return told(one) == told(other)


def test_memory_answers_as_the_database_does(world, start):
    """The reference: the same program with cache = off."""
    seed = int(os.environ.get("HASP_SEED", random.randrange(10**6)
                              if os.environ.get("HASP_LONG") else 7))
    print("HASP_SEED=%d" % seed)
    rng = random.Random(seed)
    cached, off = start(), start(cache="off")
    account = world.make_account()
    some = [world.key(account) for _ in range(4)]
    seen = set()
    for _ in range(400 if os.environ.get("HASP_LONG") else 60):
        key = rng.choice(some)
        change = rng.choice(CHANGES)
        where = {"key": "id = '%s'" % key.id, "account": "id = %d" % account,
                 "secret": "key_id = '%s'" % key.id}[change.split()[0]]
        world.change("UPDATE hasp.%s WHERE %s" % (change, where))
        for one in some:
            for method in ("GET", "DELETE"):
                for _ in range(2):
                    got = ask(cached, one, REQUEST_METHOD=method)
                    want = ask(off, one, REQUEST_METHOD=method)
                    assert same(got, want), (change, method)
                seen.add(got.status if got.status == 204 else code(got))
    assert {204, "key_disabled"} & seen and len(seen) >= 4, seen


def test_a_key_that_nobody_has_is_remembered(world, start):
    program = start(lease_time=700)
    authorization = "Bearer " + keys.make()
    for _ in range(3):
        assert code(ask(program, None, HTTP_AUTHORIZATION=authorization)) == \
            "key_unknown"
    assert world.cluster.wait_for(lambda: world.sql(
        "SELECT hits >= 2 AND misses >= 1 FROM hasp.verifier "
        "WHERE lease_ms = 700 AND NOT dead") == "t")
