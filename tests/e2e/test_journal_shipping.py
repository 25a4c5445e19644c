# SPDX-License-Identifier: ISC
"""Uses of keys are in the database soon after their answers, each once,
whatever ends meanwhile."""

import pathlib
import random
import time

import pytest
from auth_world import World, bearer, code


@pytest.fixture(name="world", scope="module")
def make_world():
    world = World()
    world.start()
    yield world
    world.stop()


def request_id():
    return random.randbytes(16).hex()


def ask(world, key, count=1):
    """The ids of that many checks that were let in."""
    ids = [request_id() for _ in range(count)]
    for one in ids:
        assert world.ask(bearer(key), REQUEST_ID=one).status == 204
    return ids


def there(world, ids):
    """How often each request is in the database."""
    found = world.sql("SELECT replace(request::text, '-', '') FROM "
                      "hasp.usage_event").split()
    return [found.count(one) for one in ids]


def all_once(world, ids):
    return world.cluster.wait_for(lambda: there(world, ids) == [1] * len(ids))


def row(world, columns, one):
    return world.sql("SELECT %s FROM hasp.usage_event WHERE request = '%s'"
                     % (columns, one))


def journals(world):
    """The journals that are on the disk."""
    return [path for path in pathlib.Path(
        world.program.options["journal_folder"]).iterdir() if path.is_dir()]


def test_a_use_is_there_soon(world):
    key = world.key()
    ids = ask(world, key, 3)
    assert all_once(world, ids)
    assert row(world, "account, key_id, secret_version, code, status, method,"
               " host(address), request_hashed, repeated", ids[0]) == (
                   "%d|%s|1|ok|204|GET|192.0.2.7|f|f" % (
                       world.account, key.id))
    assert world.sql("SELECT host(last_used_from) FROM hasp.secret_use "
                     "WHERE key_id = '%s'" % key.id) == "192.0.2.7"
    assert world.sql("SELECT sum(count) FROM hasp.usage_hour WHERE key_id = "
                     "'%s' AND code = 'ok'" % key.id) == "3"


def test_a_refusal_is_there_too(world):
    key, one = world.key(revoked_at="now()", revoked_by="'operator'",
                         revoked_why="''"), request_id()
    got = world.ask(bearer(key), REQUEST_ID=one)
    assert all_once(world, [one])
    assert row(world, "key_id, code", one) == "%s|%s" % (key.id, code(got))
    assert world.sql("SELECT allowed, refused FROM hasp.usage_day WHERE "
                     "key_id = '%s'" % key.id) == "0|1"
    assert world.sql("SELECT count(*) FROM hasp.secret_use WHERE key_id = "
                     "'%s'" % key.id) == "0"


def test_a_malformed_credential_is_nobodys(world):
    one = request_id()
    assert world.ask("Bearer x", REQUEST_ID=one).status == 401
    assert all_once(world, [one])
    assert row(world, "account, key_id IS NULL", one) == "0|t"


def test_asked_again_it_is_counted_once(world):
    """The web server asks again for the same request."""
    key, one = world.key(), request_id()
    for _ in range(3):
        assert world.ask(bearer(key), REQUEST_ID=one).status == 204
    assert world.cluster.wait_for(lambda: there(world, [one]) == [3])
    assert world.sql("SELECT sum(count) FROM hasp.usage_hour WHERE key_id = "
                     "'%s'" % key.id) == "1"


def test_it_tells_up_to_when_all_is_there(world):
    begun = time.time()
    ask(world, world.key())
    assert world.cluster.wait_for(lambda: float(world.sql(
        "SELECT extract(epoch FROM max(complete_at)) FROM hasp.journal WHERE "
        "closed_at IS NULL")) > begun - 10, seconds=20)


def test_what_is_left_comes_at_the_end(world):
    ids = ask(world, world.key(), 20)
    world.program.stop()
    assert there(world, ids) == [1] * 20
    assert world.sql("SELECT count(*) FROM hasp.journal WHERE closed_at IS "
                   "NULL") == "0"
    assert journals(world) == []
    world.program.start()


def test_what_a_killed_one_left_is_adopted(world):
    ids = []
    for _ in range(3):
        ids += ask(world, world.key(), 5)
        world.program.process.kill()
        world.program.process.wait()
        world.program.start()
    assert all_once(world, ids)
    assert world.cluster.wait_for(lambda: world.sql(
        "SELECT count(*) FROM hasp.journal WHERE closed_at IS NULL") == "1")
    assert world.cluster.wait_for(lambda: len(journals(world)) == 1)


def test_the_database_is_away_for_a_while(world):
    key, unasked = world.key(), world.key()
    ids = ask(world, key, 3)
    world.cluster.stop()
    # By the lease it is let in yet; one that nobody remembers is not.
    one, other = request_id(), request_id()
    assert world.ask(bearer(key), REQUEST_ID=one).status == 204
    got = world.ask(bearer(unasked), REQUEST_ID=other)
    assert got.status == 503
    world.program.wait_log(" shipping_failed ")
    world.cluster.start()
    assert all_once(world, ids + [one, other])
    assert row(world, "code", other) == code(got)
    world.program.wait_log(" shipping_works ")


def test_the_end_waits_for_no_database_that_is_away(world):
    """What is not shipped comes with the next start."""
    ids = ask(world, world.key(), 5)
    world.cluster.stop("immediate")
    world.program.stop()
    assert len(journals(world)) == 1
    world.cluster.start()
    world.program.start()
    assert all_once(world, ids)


def test_the_end_waits_for_no_database_that_hangs(world):
    ids = ask(world, world.key(), 5)
    stopped = world.cluster.freeze()
    world.program.stop()
    world.cluster.thaw(stopped)
    world.program.start()
    assert all_once(world, ids)


def test_a_database_that_was_put_back(world):
    """It gets again what it does not know, and its numbers are its world."""
    key = world.key()
    before = ask(world, key, 3)
    assert all_once(world, before)
    cut = ("ALTER DATABASE hasp ALLOW_CONNECTIONS %s; SELECT count("
           "pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
           "'hasp'")
    world.cluster.psql("postgres", cut % "false")
    assert world.cluster.wait_for(lambda: world.cluster.psql(
        "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = "
        "'hasp'") == "0")
    world.cluster.createdb("older", "hasp")
    world.cluster.psql("postgres", "ALTER DATABASE hasp ALLOW_CONNECTIONS true")
    assert world.cluster.wait_for(lambda: world.ask(bearer(key)).status == 204)
    after = ask(world, key, 4)
    assert all_once(world, before + after)
    world.cluster.psql("postgres", cut % "false")
    assert world.cluster.wait_for(lambda: world.cluster.psql(
        "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = "
        "'hasp'") == "0")
    world.cluster.psql("postgres", "ALTER DATABASE hasp RENAME TO newer; "
                     "ALTER DATABASE older RENAME TO hasp; ALTER DATABASE "
                     "hasp ALLOW_CONNECTIONS true; ALTER DATABASE newer "
                     "ALLOW_CONNECTIONS true")
    assert all_once(world, before + after)
