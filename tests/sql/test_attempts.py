# SPDX-License-Identifier: ISC
"""Slowed guessing: what counts, for how long, and that nobody is locked out
for ever. And that accounts sees the rows of one account, whatever it asks."""

import re
import secrets
import threading

import psycopg2.errors
import pytest
from driver import STATEMENTS

BY_NAME = {s.name: s for s in STATEMENTS}
FREE = 5


class Guesser:
    """As accounts asks, with statements as they are."""

    def __init__(self, conn):
        self.cursor = conn.cursor()
        for name in ("begin_attempt", "drop_attempt", "end_attempt"):
            self.cursor.execute("PREPARE %s AS %s" % (
                name, BY_NAME[name].text))

    def begin(self, email, place, free=FREE):
        """Seconds to wait; 0: it counts."""
        self.cursor.execute("EXECUTE begin_attempt (%s, %s, %s)",
                            (email, place, free))
        wait = self.cursor.fetchone()[0]
        assert 0 <= wait <= 60000
        return wait / 1000

    def end(self, email, place):
        self.cursor.execute("EXECUTE end_attempt (%s, %s)", (email, place))

    def drop(self, email, place):
        self.cursor.execute("EXECUTE drop_attempt (%s, %s)", (email, place))

    def fail(self, email, place, count):
        for _ in range(count):
            assert self.begin(email, place) == 0


@pytest.fixture
def guess(sql):
    sql().cursor().execute("DELETE FROM hasp.attempt")
    return Guesser(sql("hasp_accounts"))


@pytest.fixture
def later(sql):
    """A function: so many seconds go by."""
    def run(seconds):
        sql().cursor().execute(
            "UPDATE hasp.attempt SET last_at = last_at - interval '%d s', "
            "trusted_until = trusted_until - interval '%d s'"
            % (seconds, seconds))
    return run


def near(wait, seconds):
    return seconds - 1 < wait <= seconds


def test_waits_double_up_to_a_minute(guess, later):
    guess.fail("a@example.org", "192.0.2.1/32", FREE)
    for seconds in (1, 2, 4, 8, 16, 32, 60, 60, 60):
        assert near(guess.begin("a@example.org", "192.0.2.1/32"), seconds)
        later(seconds)
        guess.fail("a@example.org", "192.0.2.1/32", 1)


def test_what_must_wait_does_not_count(guess):
    guess.fail("a@example.org", "", FREE)
    for _ in range(50):
        assert near(guess.begin("a@example.org", ""), 1)


def test_case_does_not_matter(guess):
    guess.fail("\u00c4@example.org", "", 2)
    guess.fail("\u00e4@Example.ORG", "", 3)
    assert guess.begin("\u00e4@example.org", "") > 0
    assert guess.begin("a@example.org", "") == 0


def test_being_right_takes_it_back(guess):
    for _ in range(4 * FREE + 1):
        guess.fail("a@example.org", "192.0.2.1/32", 1)
        guess.end("a@example.org", "192.0.2.1/32")
    guess.fail("a@example.org", "192.0.2.1/32", FREE)
    assert guess.begin("a@example.org", "192.0.2.1/32") > 0


def test_being_right_forgives_the_place_one_failure_alone(guess):
    """Who has an account cannot wash guesses at others' off."""
    for number in range(4 * FREE - 1):
        guess.fail("v%d@example.org" % number, "192.0.2.1/32", 1)
    for _ in range(3):
        guess.fail("own@example.org", "192.0.2.1/32", 1)
        guess.end("own@example.org", "192.0.2.1/32")
    guess.fail("v@example.org", "192.0.2.1/32", 1)
    assert guess.begin("w@example.org", "192.0.2.1/32") > 0
    # Its own member goes on all the same.
    assert guess.begin("own@example.org", "192.0.2.1/32") == 0


def test_each_quarter_of_an_hour_forgives_one(guess, later):
    guess.fail("a@example.org", "", FREE)
    later(60)
    guess.fail("a@example.org", "", 1)
    later(3 * 900)
    guess.fail("a@example.org", "", 2)
    assert guess.begin("a@example.org", "") > 0
    later(100 * 900)
    guess.fail("a@example.org", "", FREE)
    assert guess.begin("a@example.org", "") > 0


def test_strangers_do_not_slow_who_was_there_before(guess, later):
    guess.fail("a@example.org", "192.0.2.1/32", 1)
    guess.end("a@example.org", "192.0.2.1/32")
    for number in range(30):
        guess.begin("a@example.org", "198.51.100.%d/32" % number)
        later(60)
    guess.fail("a@example.org", "203.0.113.1/32", 1)
    assert near(guess.begin("a@example.org", "192.0.2.2/32"), 60)
    guess.fail("a@example.org", "192.0.2.1/32", FREE)
    assert near(guess.begin("a@example.org", "192.0.2.1/32"), 1)


def test_trust_ends(guess, later):
    guess.fail("a@example.org", "192.0.2.1/32", 1)
    guess.end("a@example.org", "192.0.2.1/32")
    later(90 * 86400 + 1)
    guess.fail("a@example.org", "198.51.100.1/32", FREE)
    assert guess.begin("a@example.org", "192.0.2.1/32") > 0


def test_nobody_waits_longer_than_a_minute(guess, sql):
    guess.begin("a@example.org", "192.0.2.1/32")
    sql().cursor().execute("UPDATE hasp.attempt SET failures = 1000000")
    assert near(guess.begin("a@example.org", "192.0.2.1/32"), 60)
    sql().cursor().execute("UPDATE hasp.attempt SET last_at = last_at - "
                           "interval '1 minute'")
    assert guess.begin("a@example.org", "192.0.2.1/32") == 0


def test_however_many_come_at_once_each_counts(guess, sql):
    guessers = [Guesser(sql("hasp_accounts")) for _ in range(20)]
    waits, gate = [], threading.Barrier(20)

    def run(one):
        gate.wait()
        for _ in range(3):
            waits.append(one.begin("a@example.org", "192.0.2.1/32"))

    threads = [threading.Thread(target=run, args=(g,)) for g in guessers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0) == FREE and len(waits) == 60


def test_what_nobody_looked_at_does_not_count(guess, sql):
    cursor = sql().cursor()
    for place in ("192.0.2.1/32", "192.0.2.2/32"):
        for _ in range(3 * FREE):
            guess.fail("a@example.org", place, 1)
            guess.drop("a@example.org", place)
        cursor.execute("SELECT sum(failures), count(trusted_until) FROM "
                       "hasp.attempt")
        assert cursor.fetchone() == (0, 0) or place == "192.0.2.2/32"
        # The same where the member is trusted.
        guess.fail("a@example.org", "192.0.2.2/32", 1)
        guess.end("a@example.org", "192.0.2.2/32")
    guess.drop("nobody@example.org", "203.0.113.1/32")
    cursor.execute("SELECT max(failures) FROM hasp.attempt")
    assert cursor.fetchone()[0] == 0


def test_old_rows_go(guess, sql):
    for number in range(30):
        guess.begin("m%d@example.org" % number, "")
    cursor = sql().cursor()
    cursor.execute("UPDATE hasp.attempt SET last_at = now() - "
                   "interval '2 days'")
    for _ in range(4):
        guess.begin("a@example.org", "")
    cursor.execute("SELECT count(*) FROM hasp.attempt")
    assert cursor.fetchone()[0] <= 2


@pytest.mark.parametrize("what", [
    "SELECT * FROM hasp.attempt", "DELETE FROM hasp.attempt",
    "UPDATE hasp.attempt SET failures = 0",
    "INSERT INTO hasp.attempt (subject) VALUES (sha256('x'))",
    "SELECT password_hash FROM hasp.member",
    "SELECT totp_sealed FROM hasp.member",
    "UPDATE hasp.member SET email = 'x@example.org'",
    "UPDATE hasp.member SET account = 1", "SELECT id FROM hasp.key",
    "SELECT * FROM hasp.audit_event", "DELETE FROM hasp.audit_event",
    "UPDATE hasp.session SET expires_at = now()",
    "UPDATE hasp.account SET status = 'active'", "DELETE FROM hasp.account",
    "INSERT INTO hasp.key (id) VALUES ('x')", "SELECT * FROM hasp.secret"])
def test_accounts_may_not(sql, what):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        sql("hasp_accounts").cursor().execute(what)


# -- rows of other accounts ------------------------------------------------

@pytest.fixture(scope="module")
def pair(cluster, database):
    """Two accounts, each with all that members have."""
    word = secrets.token_hex(4)
    cluster.psql(database, "".join("""
        INSERT INTO hasp.account (id, name, plan, region)
            VALUES ({n}, 'a', 'standard', 'main');
        INSERT INTO hasp.member (id, account, email, may_administer)
            VALUES ({n}, {n}, '{w}{n}@example.org', true);
        INSERT INTO hasp.session (digest, account, member, idle_seconds,
            expires_at) VALUES (sha256('s{n}'), {n}, {n}, 60,
            now() + interval '1 hour'),
            (sha256('t{n}'), {n}, {n}, 60, now());
        INSERT INTO hasp.proof (digest, account, session, expires_at)
            VALUES (sha256('p{n}'), {n}, sha256('s{n}'), now());
        INSERT INTO hasp.recovery_code (digest, account, member)
            VALUES (sha256('r{n}'), {n}, {n});""".format(n=n, w=word)
        for n in (701, 702)))


VALUES = {"account": "702", "member": "702", "digest": "sha256('s702')",
          "session": "sha256('s702')", "step": "99", "keep": "0",
          "after": "0", "limit": "100", "may_administer": "false",
          "machine_keys": "false", "sealed": "repeat('x', 48)::bytea",
          "password_hash": "'$y$j9T$salt$0123456789abcdefghij'",
          "email": "'b@example.org'", "free": "5", "place": "''",
          "idle_seconds": "60", "seconds": "60", "address": "''"}

# What reads or changes rows of members and their account.
OWN = ["confirm_totp", "describe_account", "end_other_sessions",
       "end_recovery_codes", "end_session", "list_members",
       "lock_administrators", "lock_member", "offer_totp", "remove_member",
       "remove_totp", "set_administrator", "set_machine_keys",
       "set_password", "take_totp_step", "tidy_proofs", "tidy_sessions",
       "use_recovery_code"]


def without_where(text):
    """TEXT with every look at the account, the member and what else says
    whose row it is taken out."""
    wide = re.sub(r"\b(\w\.)?(account|member|id|digest|session) (=|<>) "
                  r"(\$\d)", r"(\4 IS NOT NULL)", text)
    assert wide != text
    return wide


@pytest.mark.parametrize("name", OWN)
def test_no_where_is_needed_to_keep_accounts_apart(sql, pair, name):
    """As account 701 with no WHERE: the rows of 702 are as they were."""
    watch, conn = sql(), sql("hasp_accounts")
    conn.autocommit = False
    cursor, s = conn.cursor(), BY_NAME[name]
    tables = ("account", "member", "session", "proof", "recovery_code")

    def rows(cursor):
        seen = []
        for table in tables:
            cursor.execute("SELECT t::text FROM hasp.%s t WHERE %s = 702 "
                           "ORDER BY 1" % (table, "id" if table == "account"
                                           else "account"))
            seen += cursor.fetchall()
        return seen

    before = rows(watch.cursor())
    assert len(before) == 6
    text = re.sub(r"\$(\d)", r"$\1::%s", without_where(s.text))
    types = re.findall(r"\$(\d)::%s", text)
    text = text % tuple(s.types[int(n) - 1] for n in types)
    cursor.execute("SELECT set_config('hasp.account', '701', true)")
    cursor.execute("PREPARE wide AS " + text)
    cursor.execute("EXECUTE wide (%s)" % ", ".join(
        VALUES[p] for p in s.params))
    if cursor.description:
        assert cursor.rowcount == 1
        found = cursor.fetchone()
        assert 701 in found and 702 not in found
    cursor.execute("RESET ROLE")
    assert rows(cursor) == before
    conn.rollback()


@pytest.mark.parametrize("name", ["create_member", "make_session",
                                  "make_proof", "add_recovery_code"])
def test_nothing_is_added_to_another_account(sql, pair, name):
    conn = sql("hasp_accounts")
    conn.autocommit = False
    cursor, s = conn.cursor(), BY_NAME[name]
    cursor.execute("SELECT set_config('hasp.account', '701', true)")
    cursor.execute("PREPARE adds AS " + s.text)
    values = {**VALUES, "digest": "sha256('new')"}
    with pytest.raises(psycopg2.errors.InsufficientPrivilege,
                       match="row-level security"):
        cursor.execute("EXECUTE adds (%s)" % ", ".join(
            values[p] for p in s.params))
    conn.rollback()
