# SPDX-License-Identifier: ISC
"""Daily quotas at auth-check: exact in one process, with what others have let
in as soon as it is counted, and the same with and without a cache.

Others are played by counts in the database, where their journals come; that
of a whole day can be had in no other way."""

import json
import threading
import time

import pytest

import auth_world
from auth_world import AUTH_CHECK, api, bearer, code, header
from fcgi_raw import Program

AUTHORIZER = 2
DAY = 86400
TODAY = "(now() AT TIME ZONE 'UTC')::date"


@pytest.fixture(name="world", scope="module", params=("on", "off"))
def make_world(request):
    made = auth_world.World(cache=request.param)
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(autouse=True)
def away_from_midnight():
    left = DAY - time.time() % DAY
    if left < 60:
        time.sleep(left + 1)


def make(world, quota, **more):
    return world.key(daily_quota=str(quota), **more)


def others(world, key, count, day=TODAY):
    """COUNT requests that others let in are counted."""
    world.sql("INSERT INTO hasp.usage_day AS d (key_id, day, account, "
              "allowed, refused) VALUES ('%s', %s, %d, %d, 7) ON CONFLICT "
              "(key_id, day) DO UPDATE SET allowed = d.allowed + "
              "excluded.allowed" % (key.id, day, key.account, count))


def ask(world, key, **more):
    return world.ask(bearer(key), **{"REQUEST_ID": None, **more})


def left(answer, form="Hasp-%s"):
    """What the answer says is left; all that it says fits together."""
    said = header(answer, form % "RateLimit")
    policy = header(answer, form % "RateLimit-Policy")
    name, rest, reset = said.rsplit(", ", 1)[-1].split(";")
    assert name == '"day"'
    seconds = DAY - time.time() % DAY
    assert seconds - 5 < int(reset.removeprefix("t=")) < seconds + 5
    day = policy.rsplit(", ", 1)[-1]
    assert day.startswith('"day";q=') and day.endswith(";w=86400")
    return int(rest.removeprefix("r="))


def counted(world, key):
    return int(world.sql("SELECT coalesce(sum(allowed), 0) FROM "
                         "hasp.usage_day WHERE key_id = '%s' AND day = %s"
                         % (key.id, TODAY)))


def settle(world, key, total):
    """Waits until TOTAL requests are counted; where no journal is shipped its
    part is played."""
    if not world.cluster.wait_for(lambda: counted(world, key) == total, 4):
        others(world, key, total - counted(world, key))


def test_the_quota_and_not_one_more(world):
    key = make(world, 5)
    assert [left(ask(world, key)) for _ in range(5)] == [4, 3, 2, 1, 0]
    for _ in range(5):
        assert ask(world, key).status == 429


def test_how_it_is_refused(world):
    key = make(world, 1, rate_per_second="50", rate_burst="60")
    got = ask(world, key)
    assert header(got, "Hasp-RateLimit").startswith('"key";r=59;t=1, "day"')
    assert header(got, "Hasp-RateLimit-Policy") == (
        '"key";q=60;w=2, "day";q=1;w=86400')
    for form, more in (("%s", {}), ("Hasp-%s", {"HASP_REFUSAL": "fold"}),
                       ("%s", {"role": AUTHORIZER, "HASP_ACTION": None})):
        got = ask(world, key, **more)
        seconds = DAY - time.time() % DAY
        assert seconds - 5 < int(header(got, "Retry-After")) < seconds + 5
        assert left(got, form) == 0
        if form != "%s":
            assert got.status == 403
            assert header(got, "Hasp-Status") == "429"
            assert header(got, "Hasp-Code") == "quota_exceeded"
        else:
            assert (got.status, code(got)) == (429, "quota_exceeded")


def test_an_authorizer_s_voice(world):
    key = make(world, 3)
    got = ask(world, key, role=AUTHORIZER, HASP_ACTION=None)
    assert got.status == 200
    assert header(got, "Variable-HASP_RATELIMIT").startswith('"day";r=2;t=')
    assert header(got, "Variable-HASP_RATELIMIT_POLICY") == (
        '"day";q=3;w=86400')


def test_whoami_says_it_and_is_charged(world):
    key = make(world, 2)
    said = json.loads(api(world, "/hasp/v1/whoami", bearer(key),
                          REQUEST_ID=None).body)["daily_quota"]
    assert (said["requests"], said["left"]) == (2, 1)
    assert 1 <= said["resets_in"] <= DAY
    assert ask(world, key).status == 204
    got = api(world, "/hasp/v1/whoami", bearer(key), REQUEST_ID=None)
    assert (got.status, code(got)) == (429, "quota_exceeded")
    said = json.loads(api(world, "/hasp/v1/whoami", bearer(world.key()),
                          REQUEST_ID=None).body)
    assert said["daily_quota"] is None


def test_refusals_cost_nothing(world):
    key = make(world, 2)
    for more in ({"REQUEST_METHOD": "DELETE"}, {"HASP_REQUIRE": "admin"},
                 {"HASP_ENVIRONMENT": "test"}):
        assert ask(world, key, **more).status in (401, 403)
    assert [ask(world, key).status for _ in range(3)] == [204, 204, 429]


def test_what_the_rate_refuses_is_not_charged(world):
    key = make(world, 100, rate_per_second="1", rate_burst="1")
    assert left(ask(world, key)) == 99
    for _ in range(5):
        got = ask(world, key)
        if got.status == 429:
            break
    assert code(got) == "rate_limited"
    before = left(got, "%s")
    key.update("rate_per_second = NULL, rate_burst = NULL")
    assert left(ask(world, key)) == before - 1


def test_one_request_is_charged_once(world):
    key = make(world, 2)
    for _ in range(5):
        assert left(ask(world, key, REQUEST_ID="once")) == 1
    assert ask(world, key, REQUEST_ID="twice").status == 204
    assert ask(world, key, REQUEST_ID="thrice").status == 429
    assert ask(world, key, REQUEST_ID="once").status == 204
    assert ask(world, key, REQUEST_ID="thrice").status == 429


def test_raised_and_lowered(world):
    key = make(world, 2)
    assert [ask(world, key).status for _ in range(3)] == [204, 204, 429]
    key.update("daily_quota = 4")
    assert [ask(world, key).status for _ in range(3)] == [204, 204, 429]
    key.update("daily_quota = 3")
    assert ask(world, key).status == 429
    key.update("daily_quota = NULL")
    got = ask(world, key)
    assert (got.status, header(got, "Hasp-RateLimit")) == (204, None)
    # What was let in without one is told by the journals alone.
    key.update("daily_quota = 6")
    assert left(ask(world, key)) in (0, 1)


def test_the_plan_s_quota(world):
    key, own = world.key(), make(world, 2)
    world.change("UPDATE hasp.plan SET daily_quota = 3")
    try:
        assert [ask(world, key).status for _ in range(4)] == [204] * 3 + [429]
        assert [ask(world, own).status for _ in range(3)] == [204] * 2 + [429]
    finally:
        world.change("UPDATE hasp.plan SET daily_quota = NULL")
    assert ask(world, key).status == 204


def test_what_was_used_before_the_program_came(world):
    """Of today; yesterday is over."""
    key = make(world, 10)
    others(world, key, 50, TODAY + " - 1")
    others(world, key, 50, TODAY + " + 1")
    others(world, key, 8)
    assert [left(ask(world, key)) for _ in range(2)] == [1, 0]
    assert ask(world, key).status == 429


def test_what_others_let_in_meanwhile(world):
    key = make(world, 1000)
    assert [left(ask(world, key)) for _ in range(3)] == [999, 998, 997]
    settle(world, key, 3)
    others(world, key, 500)
    for own in range(4, 104):
        said = left(ask(world, key))
        # Never less than there is; more by what is not counted yet.
        assert said >= 500 - own
        if said < 500:
            break
        time.sleep(0.1)
    assert said <= 500 - 3
    others(world, key, 1000)
    assert world.cluster.wait_for(lambda: ask(world, key).status == 429)


def test_own_uses_that_come_back(world):
    """What is counted of our own is nobody else's."""
    key = make(world, 100)
    for n in range(1, 31):
        assert left(ask(world, key)) == 100 - n
    settle(world, key, 30)
    for n in range(31, 34):
        assert left(ask(world, key)) == 100 - n
        time.sleep(0.8)


def test_a_crowd_on_many_connections(world):
    key = make(world, 100)
    good, lock = [], threading.Lock()

    def come():
        mine = sum(ask(world, key).status == 204 for _ in range(30))
        with lock:
            good.append(mine)
    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(good) == 100


def test_keys_have_quotas_of_their_own(world):
    one, other = make(world, 1), make(world, 1)
    for key in (one, other):
        assert ask(world, key, REQUEST_ID="shared").status == 204
        assert ask(world, key).status == 429


def test_counts_that_cannot_be_read(world):
    """What is let in here goes on being counted, and it is told once."""
    key = make(world, 3)
    world.sql("REVOKE EXECUTE ON FUNCTION hasp.read_used FROM hasp_auth")
    try:
        assert ask(world, key).status == 204
        assert world.cluster.wait_for(
            lambda: "quotas" in world.program.log.read_text())
        assert [ask(world, key).status for _ in range(3)] == [
            204, 204, 429]
    finally:
        world.sql("GRANT EXECUTE ON FUNCTION hasp.read_used TO hasp_auth")
    other = make(world, 1000)
    assert ask(world, other).status == 204
    others(world, other, 1000)
    assert world.cluster.wait_for(lambda: ask(world, other).status == 429)


def ask_on(program, key):
    pairs = {"HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
             "REQUEST_METHOD": "GET", "REQUEST_URI": "/",
             "HTTP_AUTHORIZATION": bearer(key)}
    with program.client(timeout=10) as client:
        return client.ask(pairs, role=1).status


# What follows is the same without a cache.
CACHE_ON = pytest.mark.parametrize("world", ["on"], indirect=True)


@pytest.fixture(name="ships")
def need_shipping(world):
    probe = world.key()
    ask(world, probe)
    if not world.cluster.wait_for(lambda: counted(world, probe) == 1, 6):
        pytest.skip("no journal is shipped")


@CACHE_ON
@pytest.mark.usefixtures("ships")
@pytest.mark.parametrize("number", (15, 9))
def test_the_next_program_goes_on(world, number):
    """What was shipped by the one before, or of what it left behind."""
    key = make(world, 5)
    for _ in range(3):
        assert ask(world, key).status == 204
    world.program.process.send_signal(number)
    world.program.process.wait(10)
    if number == 15:
        assert counted(world, key) == 3
    world.program.start()
    assert world.cluster.wait_for(lambda: counted(world, key) == 3)
    assert [ask(world, key).status for _ in range(3)] == [204, 204, 429]


@CACHE_ON
@pytest.mark.usefixtures("ships")
def test_two_programs_within_the_bound(world, folder):
    """Each goes on for a few seconds at most after the quota is reached by
    both together; alone it would take twice as long as that."""
    other = Program(folder, AUTH_CHECK, {
        **world.program.options, "listen": str(folder / "fcgi.sock"),
        "metrics_listen": str(folder / "metrics.sock")})
    key, let_in = make(world, 700), {}

    def use(program, until):
        mine = let_in.setdefault(program, [])
        while time.monotonic() < until and ask_on(program, key) == 204:
            mine.append(time.monotonic())
            time.sleep(0.02)

    with other:
        until = time.monotonic() + 60
        threads = [threading.Thread(target=use, args=(program, until))
                   for program in (world.program, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert other.stop()[0] == 0
    every = sorted(sum(let_in.values(), []))
    assert len(every) >= 700
    for mine in let_in.values():
        late = [at for at in mine if at > every[699] + 6]
        assert not late, (len(every), len(mine), len(late))
