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
        "SELECT count(*) FROM hasp.journal WHERE closed_at IS NULL") == "1"), (
            world.sql("SELECT * FROM hasp.journal"))
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


def alone(world):
    """Nobody is connected to the database, until admit()."""
    world.cluster.psql(
        "postgres", "ALTER DATABASE hasp ALLOW_CONNECTIONS false; SELECT "
        "count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
        "datname = 'hasp'")
    assert world.cluster.wait_for(lambda: world.cluster.psql(
        "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = "
        "'hasp'") == "0")


def admit(world, name="hasp"):
    world.cluster.psql("postgres", "ALTER DATABASE %s ALLOW_CONNECTIONS true"
                       % name)


def copy(world):
    """A copy of the database as it is now."""
    alone(world)
    world.cluster.createdb("older", "hasp")
    admit(world)


def put_back(world):
    """That copy is the database from now on."""
    alone(world)
    world.cluster.psql("postgres", "ALTER DATABASE hasp RENAME TO newer; "
                       "ALTER DATABASE older RENAME TO hasp")
    admit(world)
    world.cluster.dropdb("newer")


def test_a_database_that_was_put_back(world):
    """It gets again what it does not know, and its numbers are its own."""
    key = world.key()
    before = ask(world, key, 3)
    assert all_once(world, before)
    copy(world)
    assert world.cluster.wait_for(lambda: world.ask(bearer(key)).status == 204)
    after = ask(world, key, 4)
    assert all_once(world, before + after)
    put_back(world)
    assert all_once(world, before + after)


def test_what_is_gone_is_told(world):
    """A database was put back, and the files with what it lacks are free."""
    world.program.stop()
    world.program.options["journal_megabytes"] = "1"
    world.program.write_config()
    world.program.start()
    key = world.key()
    assert all_once(world, ask(world, key, 3))
    copy(world)
    assert world.cluster.wait_for(lambda: world.ask(bearer(key)).status == 204)
    with world.program.client() as client:
        for _ in range(3000):
            client.ask({"HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
                        "REQUEST_METHOD": "GET", "REQUEST_URI": "/a",
                        "DOCUMENT_URI": "/a", "REMOTE_ADDR": "192.0.2.7",
                        "REQUEST_ID": request_id(),
                        "HTTP_AUTHORIZATION": bearer(key)}, role=1)
    assert all_once(world, ask(world, key, 1))
    put_back(world)
    assert world.cluster.wait_for(lambda: world.ask(bearer(key)).status == 204)
    assert all_once(world, ask(world, key, 1))
    assert world.program.wait_log(" journal_gap ")
    lost = int(world.sql("SELECT max(lost) FROM hasp.journal"))
    assert lost > 500
    assert world.sql("SELECT max((detail->>'lost')::bigint) FROM "
                     "hasp.audit_event WHERE event = 'usage_lost'") == \
        str(lost)
    assert int(world.sql(
        "SELECT count(*) FROM hasp.usage_event WHERE key_id = '%s'"
        % key.id)) + lost >= 3005
