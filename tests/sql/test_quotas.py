# SPDX-License-Identifier: ISC
"""What of a daily quota is used, as look-ups and the verifiers' question tell
it, out of the counts by day."""

import psycopg2.errors
import pytest

TODAY = "(now() AT TIME ZONE 'UTC')::date"
MOST = 2147483647


@pytest.fixture(name="made")
def make_key(exercise, new_key):
    operator = exercise("hasp_operator")
    account = operator.ok("create_account", "An account", "standard",
                          "main")["account"]["id"]
    key = new_key(account, daily_quota=100)
    operator.ok("create_key", *key.words())
    return key


def count(sql, key, day, allowed, refused=5):
    sql().cursor().execute(
        "INSERT INTO hasp.usage_day (key_id, day, account, allowed, refused) "
        "VALUES (%%s, %s, %%s, %%s, %%s) ON CONFLICT (key_id, day) DO UPDATE "
        "SET allowed = excluded.allowed" % day,
        (key.id, key.account, allowed, refused))


def read_used(sql, keys, day):
    cursor = sql("hasp_auth").cursor()
    cursor.execute("SELECT hasp.read_used(%%s, %s)" % day, (keys,))
    return cursor.fetchone()[0]


def number(day):
    return "(%s - date '1970-01-01')" % day


def test_a_look_up_tells_what_is_used_today(auth, made, sql):
    assert auth.ok("look_up", made.digest)["used"] == 0
    count(sql, made, TODAY + " - 1", 40)
    count(sql, made, TODAY + " + 1", 50)
    assert auth.ok("look_up", made.digest)["used"] == 0
    count(sql, made, TODAY, 7)
    assert auth.ok("look_up", made.digest)["used"] == 7
    count(sql, made, TODAY, 2**40)
    assert auth.ok("look_up", made.digest)["used"] == MOST


def test_it_is_told_where_there_is_a_quota(auth, made, sql):
    """Ten, and a rate of none, end with a 0, too."""
    cursor = sql().cursor()
    count(sql, made, TODAY, 7)
    for quota, plan, used in ((10, None, 7), (None, None, 0), (None, 10, 7),
                              (1, 10, 7), (2000000000, None, 7)):
        cursor.execute("UPDATE hasp.key SET daily_quota = %s WHERE id = %s",
                       (quota, made.id))
        cursor.execute("UPDATE hasp.plan SET daily_quota = %s", (plan,))
        seen = auth.ok("look_up", made.digest)
        cursor.execute("UPDATE hasp.plan SET daily_quota = NULL")
        assert (seen["key_quota"], seen["plan_quota"], seen["used"]) == (
            quota or 0, plan or 0, used)


def test_what_verifiers_ask(made, new_key, sql):
    other = new_key(made.account)
    count(sql, made, TODAY, 7)
    count(sql, made, TODAY + " - 1", 2**40)
    asked = "\n".join((other.id, made.id, "key_x", made.id))
    assert read_used(sql, asked, number(TODAY)) == "0\n7\n0\n7"
    assert read_used(sql, asked, number(TODAY + " - 1")) == (
        "0\n%d\n0\n%d" % (MOST, MOST))
    assert read_used(sql, made.id, number(TODAY + " + 1")) == "0"
    assert read_used(sql, "", number(TODAY)) in ("0", None)
    many = "\n".join("key_%d" % n for n in range(256))
    assert read_used(sql, many, number(TODAY)).split("\n") == ["0"] * 256


def test_verifiers_see_nothing_else(sql):
    for query in ("SELECT * FROM hasp.usage_day",
                  "UPDATE hasp.usage_day SET allowed = 0"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            sql("hasp_auth").cursor().execute(query)


@pytest.mark.parametrize("value", (0, -1, 2000000001))
def test_bad_quotas_are_refused(sql, made, value):
    for table in "key", "plan":
        with pytest.raises(psycopg2.errors.CheckViolation):
            sql().cursor().execute(
                "UPDATE hasp.%s SET daily_quota = %d" % (table, value))


def test_what_is_logged_says_it(sql, made):
    cursor = sql().cursor()
    cursor.execute("SELECT detail ->> 'daily_quota' FROM hasp.audit_event "
                   "WHERE key_id = %s", (made.id,))
    assert cursor.fetchall() == [("100",)]
