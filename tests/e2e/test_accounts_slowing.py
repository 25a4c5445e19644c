# SPDX-License-Identifier: ISC
"""Guessing is slowed, crowds are borne, and nobody is locked out for ever."""

import threading

import pytest
from auth_world import header
from manage_world import refused


def fail(member, place, count=1):
    for _ in range(count):
        refused(member.try_sign_in("a wrong password", place=place), 401,
                "sign_in_failed")


def slowed(answer):
    """The seconds that ANSWER says to wait."""
    refused(answer, 429, "too_many_attempts")
    return int(header(answer, "Retry-After"))


def later(managed, seconds):
    """SECONDS go by, for what is counted."""
    managed.sql("UPDATE hasp.attempt SET last_at = last_at - interval "
                "'%d seconds'" % seconds)


@pytest.fixture(autouse=True)
def fresh(managed):
    managed.sql("DELETE FROM hasp.attempt")


def test_each_failure_waits_longer(managed):
    member = managed.make_member()
    place = managed.place()
    fail(member, place, 5)
    for wait in (1, 2, 4, 8, 16, 32, 60, 60):
        for password in ("a wrong password", member.password):
            assert slowed(member.try_sign_in(password, place=place)) == wait
        later(managed, wait)
        fail(member, place)
    # An hour helps a little, and who is right once begins anew.
    later(managed, 60)
    assert member.try_sign_in(place=place).status == 200
    fail(member, place, 5)
    assert slowed(member.try_sign_in(place=place)) == 1


def test_what_is_slowed_costs_nothing(managed):
    """It does not count, nor is the password looked at."""
    member = managed.make_member()
    place = managed.place()
    fail(member, place, 5)
    before = member.events()
    for _ in range(20):
        assert slowed(member.try_sign_in(place=place)) == 1
    assert member.events() == before


def test_who_is_not_known_is_slowed_alike(managed):
    member = managed.make_member()
    for email in (member.email, "nobody@example.org"):
        place = managed.place()
        answers = [managed.call("POST", "/session", {
            "email": email, "password": "a wrong password"},
            REMOTE_ADDR=place) for _ in range(6)]
        assert [a.status for a in answers] == [401] * 5 + [429]
        assert header(answers[-1], "Retry-After") == "1"


def test_spellings_are_one_member(managed):
    member = managed.make_member("\u00e4rger@example.org")
    place = managed.place()
    for email in ("\u00c4RGER@example.org", "\u00e4rger@EXAMPLE.org",
                  member.email, "\u00c4rger@example.org", member.email):
        member.email = email
        fail(member, place)
    assert slowed(member.try_sign_in(place=place)) == 1


def test_a_member_is_slowed_from_everywhere(managed):
    member = managed.make_member()
    for _ in range(5):
        fail(member, managed.place())
    assert slowed(member.try_sign_in()) == 1
    assert managed.make_member().try_sign_in().status == 200


@pytest.mark.parametrize("places", [
    ["192.0.2.1"] * 21,
    ["2001:db8:1:2::%x" % (i + 1) for i in range(21)]],
    ids=["v4", "v6"])
def test_a_place_is_slowed_for_everybody(managed, places):
    """Four times as many are free; of IPv6 its /64 counts."""
    for place in places[:20]:
        fail(managed.make_member(), place)
    member = managed.make_member()
    assert slowed(member.try_sign_in(place=places[20])) == 1
    assert member.try_sign_in().status == 200


def test_an_honest_member_is_not_locked_out(managed):
    """Strangers hammer; from where the member signed in before it goes on,
    from elsewhere after a minute at most."""
    member = managed.make_member()
    home, away = managed.place(), managed.place()
    assert member.try_sign_in(place=home).status == 200
    for _ in range(40):
        member.try_sign_in("a wrong password")
        later(managed, 60)
    member.try_sign_in("a wrong password")
    assert slowed(member.try_sign_in(place=away)) == 60
    for _ in range(3):
        assert member.try_sign_in(place=home).status == 200
    # Their own failures count at home, too.
    fail(member, home, 5)
    assert slowed(member.try_sign_in(place=home)) == 1
    later(managed, 60)
    assert member.try_sign_in(place=away).status == 200


def test_two_hundred_at_once(managed):
    """Few passwords are hashed at a time; the others are told to wait, and
    nothing breaks."""
    member = managed.make_member()
    program = managed.programs["accounts"]
    places = [managed.place() for _ in range(200)]
    emails = ["crowd%d@example.org" % i for i in range(200)]
    answers, gate = [None] * 200, threading.Barrier(200)

    def run(number):
        gate.wait()
        answers[number] = managed.call("POST", "/session", {
            "email": emails[number], "password": "a wrong password"},
            REMOTE_ADDR=places[number])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(a.status, a.json["code"]) for a in answers} <= {
        (401, "sign_in_failed"), (503, "overloaded")}
    looked = sum(a.status == 401 for a in answers)
    assert looked >= 10
    # Of an address and of a place each; what nobody looked at is no failure.
    assert managed.sql("SELECT sum(failures) FROM hasp.attempt") == str(
        2 * looked)
    for answer in answers:
        assert answer.status == 401 or header(answer, "Retry-After")
    assert program.takes_less("VmHWM", 200 * 1024)
    assert member.try_sign_in().status == 200


def test_two_hundred_of_one_member(managed):
    """However many come at once, each counts: five are looked at."""
    member = managed.make_member()
    answers = [None] * 200
    places = [managed.place() for _ in range(200)]

    def run(number):
        answers[number] = member.try_sign_in("a wrong password",
                                             place=places[number])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    looked = sum(a.status != 429 for a in answers)
    # Each second that it takes one more may be.
    assert 5 <= looked <= 9, looked


def test_slowing_can_be_lifted(managed):
    with managed.configured("accounts", free_attempts="0"):
        member = managed.make_member()
        fail(member, managed.place(), 12)
        assert managed.sql("SELECT count(*) FROM hasp.attempt") == "0"
