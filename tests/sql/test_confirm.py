# SPDX-License-Identifier: ISC
"""Changes get their numbers as they are kept, and are waited for until all who
follow have acknowledged them, or can have nothing older any more."""

import time

import psycopg2
import pytest

A, B, C = ("%032x" % (n << 96) for n in (10, 11, 12))
SHORT = (1000, 500)             # of a lease and an answer, ms
LIMIT = 1515 + 50              # 1.01 times both, 50 ms


@pytest.fixture(name="operator")
def make_operator(exercise):
    return exercise("hasp_operator")


@pytest.fixture(name="auth")
def make_auth(sql):
    conn = sql("hasp_auth")
    yield conn.cursor()
    sql().cursor().execute("DELETE FROM hasp.verifier")


def enrol(auth, own, lease=60000, answer=2000, host="host"):
    auth.execute("SELECT number FROM hasp.enrol_verifier(%s, %s, "
                 "'auth-check', %s, %s, '')", (own, host, lease, answer))
    return auth.fetchone()[0]


def acknowledge(auth, own, number):
    auth.execute("SELECT hasp.acknowledge(%s, %s)", (own, number))


def change(operator, ms=0, gives=0, name="N"):
    """Changes what checks look at."""
    operator.active = not getattr(operator, "active", False)
    return operator.ok("set_plan", "other", name, int(operator.active), gives,
                       ms)


@pytest.fixture(autouse=True)
def other_plan(operator):
    operator.ok("set_plan", "other", "N", 0, 0, 0)


def test_a_change_gets_its_number(operator):
    before = operator.ok("last")
    assert before["replicated"] is False
    got = change(operator)
    assert got["fence"] == got["seq"] == before["seq"] + 1
    assert (got["waited"], got["confirmed"], got["after"]) == (True, True, 0)
    assert operator.ok("last")["seq"] == got["seq"]


def test_what_no_check_looks_at_gets_none(operator, auth):
    """It may be a repetition: what was before is waited for."""
    number = change(operator)["seq"]
    enrol(auth, A)
    for _ in range(2):
        got = operator.ok("set_plan", "other", "Other", int(operator.active),
                          0, 0)
        assert (got["fence"], got["seq"], got["confirmed"]) == (
            0, number, False)
    acknowledge(auth, A, number)
    got = operator.ok("set_plan", "other", "Third", int(operator.active), 0,
                      0)
    assert (got["fence"], got["seq"], got["confirmed"]) == (0, number, True)


def test_a_change_that_fails_has_none(operator):
    before = operator.ok("last")["seq"]
    got = operator.do("set_plan", "other", "a\x1bb", 1, 0, 0)
    assert (got["err"], got["fence"]) == ("invalid", 0)
    assert operator.ok("last")["seq"] == before


def test_what_only_gives_is_not_waited_for(operator, auth):
    enrol(auth, A)
    got = change(operator, ms=10000, gives=1)
    assert (got["waited"], got["confirmed"]) == (False, False)
    assert got["fence"] == got["seq"] > 0


def test_who_is_waited_for(operator, auth):
    number = change(operator)["seq"]
    enrol(auth, A)
    enrol(auth, B, *SHORT)
    assert operator.ok("waited", number)["waited"] == [
        {"id": A, "renewals": 0, "limit": 62670000},
        {"id": B, "renewals": 0, "limit": LIMIT * 1000}]
    acknowledge(auth, A, number)
    assert [r["id"] for r in operator.ok("waited", number)["waited"]] == [B]
    assert operator.ok("bury", B, 1)["buried"] is False
    assert operator.ok("bury", B, 0)["buried"] is True
    assert operator.ok("bury", B, 0)["buried"] is False
    assert operator.ok("waited", number)["waited"] == []
    assert operator.ok("confirm", number, 0)["confirmed"] is True


def test_one_look_however_short_the_time(operator, auth):
    number = change(operator)["seq"]
    assert operator.ok("confirm", number, -1000)["confirmed"] is True
    enrol(auth, A)
    got = operator.ok("confirm", number, -1000)
    assert got["confirmed"] is False
    left = got["after"] / 1e6 - time.time()
    assert 30 < left < 64
    assert got["after"] % 1000000 == 0


def test_an_acknowledgement_ends_the_wait(operator, auth):
    number = change(operator)["seq"]
    enrol(auth, A)
    operator.start("confirm", number, 60000)
    time.sleep(0.3)
    acknowledge(auth, A, number - 1)
    time.sleep(0.3)
    acknowledge(auth, A, number)
    got = operator.answer()
    assert got["confirmed"] is True and got["waited_ms"] >= 500


def test_time_ends_it_and_the_silent_are_buried(operator, auth, sql):
    number = change(operator)["seq"]
    enrol(auth, A, *SHORT)
    enrol(auth, B, 500, 500)
    got = operator.ok("confirm_all", 60000)
    assert (got["seq"], got["confirmed"]) == (number, True)
    assert got["waited_ms"] >= LIMIT
    cursor = sql().cursor()
    cursor.execute("SELECT id FROM hasp.verifier WHERE dead ORDER BY id")
    assert cursor.fetchall() == [(A,), (B,)]
    assert change(operator)["confirmed"] is True


def test_who_came_back_is_not_buried(operator, auth):
    change(operator)
    enrol(auth, A, *SHORT)
    operator.start("confirm_all", 60000)
    time.sleep(0.5)
    enrol(auth, A, *SHORT)
    assert operator.answer()["confirmed"] is True
    auth.execute("SELECT number FROM hasp.renew_verifier(%s, 0, "
                 "hasp.place(), 0, 0)", (A,))
    assert auth.fetchone() is not None


def test_more_than_a_list_has(operator, sql, auth):
    """Those with the longest leases are in it."""
    sql().cursor().execute(
        "INSERT INTO hasp.verifier (id, host, program, lease_ms, answer_ms) "
        "SELECT md5(i::text), 'h', 'auth-check', 1000 + i, 500 "
        "FROM generate_series(1, 400) i")
    number = operator.ok("last")["seq"]
    rows = operator.ok("waited", number)["waited"]
    assert len(rows) == 256 and rows[0]["limit"] == (
        1900 + 19 + 50) * 1000
    got = operator.ok("confirm", number, 30000)
    assert got["confirmed"] is True and got["waited_ms"] >= 1960
    acknowledge(auth, A, 0)


def test_a_connection_that_ends_does_not_end_the_wait(operator, auth, sql):
    number = change(operator)["seq"]
    enrol(auth, A)
    cursor = sql().cursor()
    operator.start("confirm", number, 60000)
    for _ in range(3):
        time.sleep(0.2)
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM "
                       "pg_stat_activity WHERE application_name = "
                       "'hasp-exercise'")
    acknowledge(auth, A, number)
    assert operator.answer()["confirmed"] is True


def test_without_a_database_nothing_is_known(exercise, cluster):
    away = exercise(conninfo="host=%s port=1 dbname=x user=x"
                    % cluster.folder, connect=200)
    got = away.ok("confirm", 1, 300)
    assert (got["confirmed"], got["after"]) == (False, 0)
    assert got["waited_ms"] >= 300
    assert away.err("confirm_all", 300) == "database_down"


def test_places(exercise, auth):
    """None is left: half a second is everybody's."""
    operator = exercise("hasp_operator")
    change(operator)
    enrol(auth, A)
    operator.ok("places", 0)
    got = operator.ok("confirm_all", 60000)
    assert got["confirmed"] is False and got["waited_ms"] >= 500
    assert operator.ok("confirm_all", 0)["confirmed"] is False
    operator.ok("places", 1)
    for _ in range(2):
        got = operator.ok("confirm_all", 1500)
        assert got["confirmed"] is False and got["waited_ms"] >= 1500
    operator.ok("stop_waits")
    got = operator.ok("confirm_all", 60000)
    assert got["confirmed"] is False and got["waited_ms"] < 30000


def test_what_operators_see(operator, auth, sql):
    number = change(operator)["seq"]
    enrol(auth, A, host="b.example")
    enrol(auth, B, host="c.example")
    enrol(auth, C, host="a.example")
    auth.execute("SELECT hasp.renew_verifier(%s, %s, hasp.place(), "
                 "5, 6)", (A, number - 1))
    sql().cursor().execute(
        "UPDATE hasp.verifier SET renewed_at = now() - interval '61 s', "
        "started_at = now() - interval '1 hour' WHERE id = %s", (B,))
    operator.ok("bury", C, 0)
    got = operator.ok("verifiers")
    assert got["seq"] == number and got["queue"] == 0
    assert 0 < got["kept"] <= number
    rows = got["verifiers"]
    assert 0 < rows[0].pop("lease_left") <= 60000
    assert 0 <= rows[0].pop("uptime") < 600
    assert 3600 <= rows[1].pop("uptime") < 7200
    rows[2].pop("uptime")
    assert rows == [
        {"id": A[:8], "host": "b.example", "program": "auth-check",
         "state": "live", "lag": 1, "hits": 5, "misses": 6},
        {"id": B[:8], "host": "c.example", "program": "auth-check",
         "state": "silent", "lease_left": 0, "lag": number, "hits": 0,
         "misses": 0},
        {"id": C[:8], "host": "a.example", "program": "auth-check",
         "state": "dead", "lease_left": 0, "lag": number, "hits": 0,
         "misses": 0}]


@pytest.mark.parametrize("role", ["hasp_keys", "hasp_accounts"])
def test_the_programs_may_wait_and_not_look(exercise, role):
    program = exercise(role)
    assert program.ok("confirm_all", 0)["confirmed"] is True
    assert program.err("verifiers") == "permission"


def test_a_repetition_waits_for_the_first(operator, auth, sql):
    """A second transaction that finds the change there sees its number."""
    enrol(auth, A)
    first = sql()
    first.autocommit = False
    cursor = first.cursor()
    cursor.execute("UPDATE hasp.plan SET rate_per_second = 1, rate_burst = 1 "
                   "WHERE code = 'other'")
    cursor.execute("SELECT number FROM hasp.close_change()")
    number = cursor.fetchone()[0]
    operator.start("set_plan", "other", "N", 0, 0, 0)
    time.sleep(0.2)
    first.commit()
    got = operator.answer()
    assert (got["fence"], got["seq"], got["confirmed"]) == (0, number, False)
    with pytest.raises(psycopg2.ProgrammingError):
        sql("hasp_auth").cursor().execute(
            "SELECT hasp.begin_barrier()")
    cursor.execute("UPDATE hasp.plan SET rate_per_second = NULL, rate_burst "
                   "= NULL WHERE code = 'other'")
    first.commit()
