# SPDX-License-Identifier: ISC
"""An overlap that waits for the first use begins once and only for a secret
in force."""

import time

import pytest


@pytest.fixture(name="operator")
def log_in_operator(exercise):
    return exercise("hasp_operator")


@pytest.fixture(name="rotated")
def make_rotated(operator, sql, new_key):
    """A key with versions 1, 2 and 3; the others wait for the use of 3."""
    account = operator.ok("create_account", "a", "standard",
                          "main")["account"]["id"]
    key = new_key(account)
    operator.ok("create_key", *key.words())
    conn = sql().cursor()
    for version in (2, 3):
        conn.execute("INSERT INTO hasp.secret (digest, key_id, version, "
                     "last_four) VALUES (sha256(random()::text::bytea), %s, "
                     "%s, 'abcd')", (key.id, version))
    conn.execute("UPDATE hasp.secret SET overlap_seconds = 3600 WHERE "
                 "key_id = %s AND version = 3", (key.id,))
    return key


def ends(sql, key):
    """Seconds until each secret ends, None for never; what waits."""
    conn = sql().cursor()
    conn.execute("SELECT version, extract(epoch FROM expires_at - now())"
                 "::float8, overlap_seconds FROM hasp.secret WHERE key_id = "
                 "%s ORDER BY 1", (key.id,))
    return [(seconds, waits) for _, seconds, waits in conn.fetchall()]


def about(seconds, expected):
    return seconds is not None and expected - 60 < seconds <= expected


def test_it_begins_once(auth, sql, rotated):
    assert ends(sql, rotated) == [(None, None), (None, None), (None, 3600)]
    auth.ok("begin_overlap", rotated.id, 3)
    first = ends(sql, rotated)
    assert about(first[0][0], 3600) and about(first[1][0], 3600)
    assert first[2] == (None, None)
    time.sleep(0.01)
    auth.ok("begin_overlap", rotated.id, 3)
    again = ends(sql, rotated)
    assert again[0][0] < first[0][0]


def test_an_older_secret_begins_nothing(auth, sql, rotated):
    auth.ok("begin_overlap", rotated.id, 1)
    auth.ok("begin_overlap", rotated.id, 2)
    assert ends(sql, rotated)[2] == (None, 3600)
    assert ends(sql, rotated)[0] == (None, None)


def test_never_later_than_before(auth, sql, rotated):
    sql().cursor().execute(
        "UPDATE hasp.secret SET expires_at = now() + interval '600 s' WHERE "
        "key_id = %s AND version = 1", (rotated.id,))
    auth.ok("begin_overlap", rotated.id, 3)
    found = ends(sql, rotated)
    assert about(found[0][0], 600) and about(found[1][0], 3600)


@pytest.mark.parametrize("change", [
    "hasp.key SET revoked_at = now(), revoked_by = 'operator', "
    "revoked_why = '' WHERE id", "hasp.key SET disabled_at = now() WHERE id",
    "hasp.key SET expires_at = now() WHERE id",
    "hasp.key SET not_before = now() + interval '1 h' WHERE id",
    "hasp.secret SET revoked_at = now() WHERE version = 3 AND key_id",
    "hasp.secret SET expires_at = now() WHERE version = 3 AND key_id",
    "hasp.secret SET not_before = now() + interval '1 h' "
    "WHERE version = 3 AND key_id"])
def test_what_is_not_in_force_begins_nothing(auth, sql, rotated, change):
    sql().cursor().execute("UPDATE %s = '%s'" % (change, rotated.id))
    assert auth.err("begin_overlap", rotated.id, 3) == "check_unreachable"
    found = ends(sql, rotated)
    assert found[0] == found[1] == (None, None) and found[2][1] == 3600


def test_what_is_not_there(auth, rotated):
    assert auth.err("begin_overlap", rotated.id, 9) == "check_unreachable"
    assert auth.err("begin_overlap", "key_" + "0" * 16,
                    1) == "check_unreachable"


def test_many_first_uses_at_once(exercise, sql, rotated):
    """All wait for one lock; the ends are those of the first."""
    all_of_them = [exercise("hasp_auth") for _ in range(8)]
    for one in all_of_them:
        one.ok("connect")
    holder = sql()
    holder.autocommit = False
    holder.cursor().execute("SELECT 1 FROM hasp.key WHERE id = %s FOR UPDATE",
                            (rotated.id,))
    for one in all_of_them:
        one.start("begin_overlap", rotated.id, 3)
    holder.commit()
    assert [one.answer()["err"] for one in all_of_them] == ["ok"] * 8
    found = ends(sql, rotated)
    assert about(found[0][0], 3600) and found[2] == (None, None)
