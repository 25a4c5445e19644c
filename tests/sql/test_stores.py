# SPDX-License-Identifier: ISC
"""Accounts and keys through the C stores: what goes in comes out, limits
hold."""

import datetime
import hashlib
import random
import secrets
import threading
import time

import pytest

DAY = 86400 * 10**6


def now_us():
    return time.time_ns() // 1000


@pytest.fixture
def operator(exercise):
    return exercise("hasp_operator")


@pytest.fixture
def account(operator):
    return operator.ok("create_account", "An account", "standard",
        "main")["account"]["id"]


# -- accounts --------------------------------------------------------------

def test_an_account_comes_back_as_made(operator):
    made = operator.ok("create_account", "Größe & Söhne 株", "standard",
                       "main")["account"]
    assert made["id"] >= 100001
    assert abs(made.pop("created") - now_us()) < 60 * 10**6
    assert made == {"id": made["id"], "name": "Größe & Söhne 株",
                    "plan": "standard", "region": "main",
                    "api_host": "localhost", "status": "active", "keys": 0}
    found = operator.ok("find_account", made["id"])["account"]
    found.pop("created")
    assert found == made


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x01b", "\u202e"])
def test_an_account_needs_a_plain_name(operator, name):
    answer = operator.do("create_account", name, "", "")
    assert answer["err"] == "invalid"


@pytest.mark.parametrize("plan, region", [
    ("none", "main"), ("standard", "mars"), ("'", ""), ("", "' OR 1=1 --")])
def test_an_account_of_an_unknown_plan_or_region(operator, plan, region):
    assert operator.err("create_account", "a", plan, region) == "not_found"


def test_an_unnamed_plan_among_several_is_not_guessed(operator, cluster,
                                                      database):
    cluster.psql(database, "INSERT INTO hasp.plan (code, name) VALUES "
                 "('other', 'Other')")
    try:
        assert operator.err("create_account", "a", "", "") == "not_found"
        assert operator.err("create_account", "a", "other", "") == "ok"
    finally:
        cluster.psql(database, "UPDATE hasp.account SET plan = 'standard'; "
                     "DELETE FROM hasp.plan WHERE code = 'other'")


def test_accounts_are_listed_in_pages(operator):
    made = [operator.ok("create_account", "p%d" % i, "standard",
        "main")["account"]["id"]
            for i in range(5)]
    first = operator.ok("list_accounts", made[0] - 1, 3)["accounts"]
    assert [a["id"] for a in first] == made[:3]
    rest = operator.ok("list_accounts", made[2], 100)["accounts"]
    assert [a["id"] for a in rest] == made[3:]
    assert operator.ok("list_accounts", made[4], 100)["accounts"] == []


def test_there_is_no_such_account(operator):
    for number in (0, -1, 99, 2**63 - 1):
        assert operator.err("find_account", number) == "not_found"


# -- keys ------------------------------------------------------------------

def test_a_key_comes_back_as_made(operator, auth, account, new_key):
    key = new_key(account, name="Ein Schlüssel", kind="api_key",
                  role="write", environment="test",
                  ranges="192.0.2.0/24 2001:db8::/32 198.51.100.7",
                  not_before=now_us() - DAY, expires=now_us() + DAY,
                  last="WxYz", rate=5, burst=70, daily_quota=900)
    operator.ok("create_key", *key.words())
    found = operator.ok("find_key", key.account, key.id)["key"]
    secret, = found.pop("secrets")
    assert abs(found.pop("created") - now_us()) < 60 * 10**6
    assert abs(secret.pop("created") - now_us()) < 60 * 10**6
    assert secret == {"version": 1, "last": "WxYz", "not_before": 0,
                      "expires": 0, "revoked": 0, "overlap": -1,
                      "first_used": 0, "last_used": 0, "last_used_from": ""}
    assert found == {
        "account": account, "id": key.id, "name": key.name,
        "kind": "api_key", "role": "write", "environment": "test",
        "ranges": "192.0.2.0/24 2001:db8::/32 198.51.100.7/32",
        "rate": 5, "burst": 70, "daily_quota": 900, "created_by": "operator",
        "not_before": key.not_before, "expires": key.expires, "disabled": 0,
        "revoked": 0, "revoked_by": "", "revoked_why": "", "revision": 1}
    assert operator.ok("find_account", account)["account"]["keys"] == 1
    seen = auth.ok("look_up", key.digest)
    assert seen.pop("used_day") - now_us() // DAY in (0, -1)
    for meta in ("err", "message", "ms"):
        seen.pop(meta)
    assert seen == {
        "account": account, "status": "active", "plan_active": True, "key": key.id,
        "name": key.name, "version": 1, "role": "write",
        "environment": "test", "region": "main", "api_host": "localhost",
        "app": "", "connection": 0, "connection_revoked": False,
        "app_removed": False, "key_revoked": False, "secret_revoked": False,
        "disabled": False, "key_expires": key.expires, "secret_expires": 0,
        "key_not_before": key.not_before, "secret_not_before": 0,
        "ranges": ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"],
        "kind": "api_key", "key_rate": 5, "key_burst": 70, "plan_rate": 0,
        "plan_burst": 0, "legacy_deprecated": 0, "legacy_sunset": 0,
        "legacy_link": "", "legacy_refuses": False, "starts_overlap": False,
        "key_quota": 900, "plan_quota": 0, "used": 0}


def test_the_look_up_tells_what_changed(operator, auth, account, new_key, sql,
                                        cluster, database):
    """Every column that a refusal rests on, through to the record."""
    key = new_key(account)
    operator.ok("create_key", *key.words())
    conn = sql().cursor()
    plain = auth.ok("look_up", key.digest)
    for change, undo, field, value in (
            ("hasp.account SET status = 'suspended'",
             "hasp.account SET status = 'active'", "status", "suspended"),
            ("hasp.account SET status = 'closed'",
             "hasp.account SET status = 'active'", "status", "closed"),
            ("hasp.plan SET active = false", "hasp.plan SET active = true",
             "plan_active", False),
            ("hasp.region SET api_host = 'eu.example.org:8443'",
             "hasp.region SET api_host = 'localhost'", "api_host",
             "eu.example.org:8443"),
            ("hasp.key SET disabled_at = now()",
             "hasp.key SET disabled_at = NULL", "disabled", True),
            ("hasp.key SET not_before = '2001-02-03 04:05:06.000007+00'",
             "hasp.key SET not_before = NULL", "key_not_before",
             int(datetime.datetime(2001, 2, 3, 4, 5, 6, 7,
                                   datetime.timezone.utc).timestamp()
                 * 10**6)),
            ("hasp.key SET not_before = '1969-12-31 23:59:59.999999+00'",
             "hasp.key SET not_before = NULL", "key_not_before", -1),
            ("hasp.key SET expires_at = '1970-01-01 00:00:00.000001+00'",
             "hasp.key SET expires_at = NULL", "key_expires", 1),
            ("hasp.secret SET expires_at = '9999-12-31 00:00:00+00'",
             "hasp.secret SET expires_at = NULL", "secret_expires",
             253402214400 * 10**6),
            ("hasp.secret SET not_before = '2001-01-01 00:00:00+00'",
             "hasp.secret SET not_before = NULL", "secret_not_before",
             978307200 * 10**6),
            ("hasp.secret SET revoked_at = now()",
             "hasp.secret SET revoked_at = NULL", "secret_revoked", True),
            ("hasp.key SET rate_per_second = 7, rate_burst = 1000",
             "hasp.key SET rate_per_second = NULL, rate_burst = NULL",
             ["key_rate", "key_burst"], [7, 1000]),
            ("hasp.plan SET rate_per_second = 1000000, rate_burst = 10000000",
             "hasp.plan SET rate_per_second = NULL, rate_burst = NULL",
             ["plan_rate", "plan_burst"], [1000000, 10000000]),
            ("hasp.key SET daily_quota = 2000000000",
             "hasp.key SET daily_quota = NULL", "key_quota", 2000000000),
            ("hasp.plan SET daily_quota = 1",
             "hasp.plan SET daily_quota = NULL", "plan_quota", 1),
            ("hasp.account SET legacy_deprecated_at = '2001-01-01 00:00+00', "
             "legacy_sunset_at = '9999-12-31 00:00+00'",
             "hasp.account SET legacy_deprecated_at = NULL, "
             "legacy_sunset_at = NULL",
             ["legacy_deprecated", "legacy_sunset"],
             [978307200 * 10**6, 253402214400 * 10**6]),
            ("hasp.account SET legacy_link = 'https://example.org/%09?a=b#c'",
             "hasp.account SET legacy_link = NULL", "legacy_link",
             "https://example.org/%09?a=b#c"),
            ("hasp.account SET legacy_policy = 'refuse'",
             "hasp.account SET legacy_policy = 'warn'", "legacy_refuses",
             True),
            ("hasp.secret SET overlap_seconds = 0",
             "hasp.secret SET overlap_seconds = NULL", "starts_overlap",
             True),
            ("hasp.key SET role = 'admin'", "hasp.key SET role = 'read'",
             "role", "admin")):
        conn.execute("UPDATE " + change)
        seen = auth.ok("look_up", key.digest)
        fields = dict(zip(field, value)) if isinstance(field, list) else {
            field: value}
        assert {k: seen[k] for k in plain if seen[k] != plain[k]
                and k != "ms"} == fields, change
        conn.execute("UPDATE " + undo)
    operator.ok("revoke", *key.ref, "lost")
    assert auth.ok("look_up", key.digest)["key_revoked"] is True


def test_an_unknown_digest(auth):
    digest = hashlib.sha256(secrets.token_bytes(8)).hexdigest()
    assert auth.err("look_up", digest) == "key_unknown"


def test_many_digests_at_once(operator, auth, account, new_key):
    """Each gets its own answer, in whatever order and however often; one that
    is not known or not understood harms no other."""
    keys = [new_key(account) for _ in range(8)]
    for key in keys:
        operator.ok("create_key", *key.words())
    bogus = [hashlib.sha256(secrets.token_bytes(8)).hexdigest()
             for _ in range(4)]
    known = {key.digest: key.id for key in keys}
    chance = random.Random(1)
    for count in list(range(1, 17)) * 4:
        asked = [chance.choice(list(known) + bogus) for _ in range(count)]
        found = auth.ok("look_up_all", " ".join(asked))["found"]
        assert found == [known.get(d, "key_unknown") for d in asked]


@pytest.mark.parametrize("damage", [
    "ALTER TABLE hasp.key DROP CONSTRAINT key_role; "
    "UPDATE hasp.key SET role = 'none' WHERE id = '%s'",
    "ALTER TABLE hasp.key DROP CONSTRAINT key_role; "
    "UPDATE hasp.key SET role = '' WHERE id = '%s'",
    "ALTER DOMAIN hasp.label DROP CONSTRAINT label_plain; "
    "UPDATE hasp.key SET name = E'a\\tb' WHERE id = '%s'",
    "ALTER DOMAIN hasp.label DROP CONSTRAINT label_length; "
    "UPDATE hasp.key SET name = repeat('x', 404) WHERE id = '%s'",
    "ALTER TABLE hasp.key DROP CONSTRAINT key_allowed_ranges; UPDATE hasp.key"
    " SET allowed_ranges = array_fill('10.0.0.0/8'::cidr, ARRAY[17])"
    " WHERE id = '%s'",
    "ALTER TABLE hasp.account DROP CONSTRAINT account_plan_fkey; UPDATE "
    "hasp.account SET plan = 'gone' WHERE id = (SELECT account FROM hasp.key "
    "WHERE id = '%s')",
])
def test_a_row_that_is_not_understood_is_refused(
        cluster, template, exercise, new_key, damage):
    """The constraints keep these out; the program does not count on it."""
    cluster.createdb("damaged", template)
    try:
        operator = exercise("hasp_operator", "damaged")
        account = operator.ok("create_account", "a", "standard",
        "main")["account"]["id"]
        key = new_key(account)
        operator.ok("create_key", *key.words())
        auth = exercise("hasp_auth", "damaged")
        other = new_key(operator.ok("create_account", "b", "", ""
                                    )["account"]["id"])
        operator.ok("create_key", *other.words())
        auth.ok("look_up", key.digest)
        cluster.psql("damaged", damage % key.id)
        asked = " ".join([other.digest, key.digest, other.digest])
        assert auth.ok("look_up_all", asked)["found"] == [
            other.id, "key_unknown" if "plan_fkey" in damage else "internal",
            other.id]
    finally:
        cluster.dropdb("damaged")


@pytest.mark.parametrize("field, value", [
    ("id", "key_short"), ("id", "x"), ("name", ""), ("name", "a\x02b"),
    ("name", "x" * 101), ("kind", "other"), ("kind", "app_token"),
    ("environment", "LIVE"), ("environment", ""),
    ("ranges", " ".join("10.%d.0.0/16" % i for i in range(17))),
    ("expires", -1), ("last", "abc"), ("last", "ab\"d")])
def test_a_bad_key_leaves_nothing(operator, account, new_key, field, value):
    key = new_key(account, **{field: value})
    answer = operator.do("create_key", *key.words())
    assert answer["err"] == "invalid", answer
    assert operator.err("find_key", key.account, key.id) == "not_found"
    assert operator.ok("find_account", account)["account"]["keys"] == 0


def test_a_key_that_ends_before_it_begins(operator, account, new_key):
    key = new_key(account, not_before=2 * DAY, expires=DAY)
    assert operator.err("create_key", *key.words()) == "invalid"


def test_values_do_not_reach_messages(operator, account, new_key):
    """Messages go to logs."""
    key = new_key(account, environment="tellmenot", name="neither\x01this")
    answer = operator.do("create_key", *key.words())
    assert answer["err"] == "invalid"
    assert "label_plain" in answer["message"]
    assert "23514" in answer["message"]
    other = new_key(account)
    operator.ok("create_key", *other.words())
    twice = new_key(account, digest=other.digest)
    answer = operator.do("create_key", *twice.words())
    assert (answer["err"], "secret_pkey" in answer["message"]) == (
        "conflict", True)
    for value in (other.digest, key.environment, "neither", twice.id):
        assert value not in answer["message"]
        assert value not in operator.logged()
    assert operator.err("find_key", twice.account, twice.id) == "not_found"


def test_a_key_of_no_account(operator, new_key):
    assert operator.err("create_key", *new_key(77).words()) == "not_found"


def test_a_key_twice(operator, account, new_key):
    key = new_key(account)
    operator.ok("create_key", *key.words())
    again = new_key(account, id=key.id)
    assert operator.err("create_key", *again.words()) == "conflict"
    assert len(operator.ok("find_key", key.account, key.id)["key"]["secrets"]) == 1


def test_the_plan_limits_keys(cluster, database, operator, new_key):
    cluster.psql(database, "INSERT INTO hasp.plan (code, name, max_keys) "
                 "VALUES ('two', 'Two', 2)")
    account = operator.ok("create_account", "a", "two", "main"
                          )["account"]["id"]
    keys = [new_key(account) for _ in range(3)]
    operator.ok("create_key", *keys[0].words())
    operator.ok("create_key", *keys[1].words())
    assert operator.err("create_key", *keys[2].words()) == \
        "key_limit_reached"
    operator.ok("revoke", *keys[0].ref, "")
    operator.ok("create_key", *keys[2].words())
    assert operator.err("create_key", *new_key(account).words()) == \
        "key_limit_reached"


def test_the_limit_holds_when_many_come_at_once(cluster, database, exercise,
                                                new_key):
    cluster.psql(database, "INSERT INTO hasp.plan (code, name, max_keys) "
                 "VALUES ('five', 'Five', 5)")
    operators = [exercise("hasp_operator") for _ in range(8)]
    account = operators[0].ok("create_account", "a", "five", "main"
                              )["account"]["id"]
    results = []

    def make(operator):
        for _ in range(3):
            results.append(operator.err("create_key",
                                        *new_key(account).words()))

    threads = [threading.Thread(target=make, args=(o,)) for o in operators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["key_limit_reached"] * 19 + ["ok"] * 5


def test_keys_are_listed_in_pages_with_their_secrets(operator, account,
                                                     new_key):
    keys = [new_key(account) for _ in range(5)]
    for key in keys:
        operator.ok("create_key", *key.words())
    digest = hashlib.sha256(secrets.token_bytes(8)).hexdigest()
    operator.ok("rotate", *keys[1].ref, digest, "next", 60, 0)
    first = operator.ok("list_keys", account, "", 3)["keys"]
    assert [k["id"] for k in first] == [k.id for k in keys[:3]]
    assert [[s["version"] for s in k["secrets"]] for k in first] == [
        [1], [2, 1], [1]]
    rest = operator.ok("list_keys", account, keys[2].id, 3)["keys"]
    assert [k["id"] for k in rest] == [k.id for k in keys[3:]]
    assert operator.ok("list_keys", account, keys[4].id, 3)["keys"] == []
    other = operator.ok("create_account", "o", "standard",
        "main")["account"]["id"]
    # A cursor of another account leads nowhere.
    assert operator.ok("list_keys", other, keys[0].id, 3)["keys"] == []


def test_the_verifier_cannot_change_anything(auth, account, new_key):
    assert auth.err("create_account", "a", "", "") == "permission"
    assert auth.err("create_key", *new_key(account).words()) == "permission"
    assert auth.err("revoke", account, "operator", "key_0000000000000000",
                    "") == "permission"
    assert auth.err("find_key", account, "key_0000000000000000") == \
        "permission"
    # And goes on looking up.
    assert auth.ok("ping")


@pytest.mark.parametrize("text", [
    "'; DROP TABLE hasp.key; --", "$1", "\\", "%s", "key_' OR '1'='1",
    "{}", "NULL", "\u00e4\u202e",
    pytest.param("a" * 100000, id="long")])
def test_texts_are_values(operator, account, text):
    assert operator.err("find_key", account, text) == "not_found"
    assert operator.err("key_account", text) == "not_found"
    assert operator.err("revoke", account, "operator", text, "x") == \
        "not_found"
    assert operator.ok("list_keys", account, text, 10)["keys"] == []


def test_a_nul_byte_does_not_cut_a_text(operator):
    answer = operator.do("nul")
    assert (answer["err"], "NUL" in answer["message"]) == ("invalid", True)


def test_a_wrong_number_of_parameters(auth):
    assert auth.err("miscount") == "internal"
    assert auth.ok("ping")


# -- transactions ----------------------------------------------------------

def test_a_transaction_keeps_all_or_nothing(operator):
    operator.ok("begin")
    made = operator.ok("create_account", "t", "standard",
        "main")["account"]["id"]
    operator.ok("rollback")
    assert operator.err("find_account", made) == "not_found"
    operator.ok("begin")
    made = operator.ok("create_account", "t", "standard",
        "main")["account"]["id"]
    operator.ok("commit")
    assert operator.ok("find_account", made)["account"]["name"] == "t"


def test_after_an_error_only_the_rollback_is_of_use(operator):
    operator.ok("begin")
    made = operator.ok("create_account", "t", "standard",
        "main")["account"]["id"]
    assert operator.err("create_account", "", "", "") == "invalid"
    assert operator.err("find_account", made) == "invalid"
    assert operator.err("commit") == "invalid"
    assert operator.err("find_account", made) == "not_found"
    assert operator.err("commit") == "internal"
    operator.ok("rollback")


def test_a_transaction_within_a_transaction(operator):
    operator.ok("begin")
    assert operator.err("begin") == "internal"
    operator.ok("rollback")
    operator.ok("begin")
    operator.ok("commit")
