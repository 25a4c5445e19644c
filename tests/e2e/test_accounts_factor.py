# SPDX-License-Identifier: ISC
"""The second factor: authenticators, their codes, each once, and recovery
codes."""

import base64
import re
import signal
import subprocess
import threading
import urllib.parse
import xml.dom.minidom

import pytest
from fcgi_raw import BUILD, Program
from manage_world import refused, totp


@pytest.fixture
def enrolled(managed):
    """A member with an authenticator, and the session that set it up."""
    member = managed.make_member()
    member.session = member.sign_in()
    member.enrol(member.session)
    member.forget_step()
    return member


def test_setting_an_authenticator_up(managed):
    member = managed.make_member("With.Plus+Tag@example.org")
    session = member.sign_in()
    refused(managed.call("POST", "/session/totp", session=session), 403,
            "proof_required")
    for body, method, path in (
            ({"totp": "123456"}, "POST", "/session/totp/confirmation"),
            (None, "DELETE", "/session/totp"),
            (None, "POST", "/session/recovery-codes")):
        refused(managed.call(method, path, body, session=session,
                             proof=member.proof(session)), 409,
                "totp_not_offered")
    answer = managed.call("POST", "/session/totp", session=session,
                          proof=member.proof(session))
    assert answer.status == 201
    uri = urllib.parse.urlsplit(answer.json["otpauth_uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert urllib.parse.unquote(uri.path) == \
        "/Hasp:with.plus+tag@example.org"
    query = dict(urllib.parse.parse_qsl(uri.query))
    assert query["secret"] == answer.json["secret"]
    assert (query["issuer"], query["digits"], query["period"]) == (
        "Hasp", "6", "30")
    assert len(base64.b32decode(answer.json["secret"])) == 20
    svg = xml.dom.minidom.parseString(answer.json["qr_svg"])
    assert svg.documentElement.tagName == "svg"
    assert answer.json["secret"] not in answer.json["qr_svg"]
    # It is not in force before it is confirmed.
    assert member.try_sign_in().status == 200
    confirm = "/session/totp/confirmation"
    secret = answer.json["secret"]
    refused(managed.call("POST", confirm, {"totp": totp(secret, 5)},
                         session=session), 401, "sign_in_failed")
    assert member.try_sign_in().status == 200
    shown = managed.call("POST", confirm, {"totp": totp(secret)},
                         session=session)
    assert shown.status == 200
    codes = shown.json["recovery_codes"]
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([0-9A-Za-z]{4}-){3}[0-9A-Za-z]{4}", c)
               for c in codes)
    refused(member.try_sign_in(), 401, "totp_required")
    # The code that confirmed it counts for nothing else.
    refused(member.try_sign_in(totp=totp(secret)), 401, "totp_replayed")
    assert member.try_sign_in(totp=totp(secret, 1)).status == 200
    refused(managed.call("POST", confirm, {"totp": totp(secret, 1)},
                         session=session), 409, "totp_not_offered")
    members = managed.call("GET", "/members?limit=100", session=session).json
    assert [m["totp"] for m in members["members"]
            if m["id"] == member.id] == [True]


def test_a_code_counts_once(managed, enrolled):
    code = enrolled.code()
    refused(enrolled.try_sign_in("a wrong password", totp=code), 401,
            "sign_in_failed")
    assert enrolled.try_sign_in(totp=code[:3] + " " + code[3:]).status == 200
    refused(enrolled.try_sign_in(totp=code), 401, "totp_replayed")
    # Whether a code was right is told only to who has the password.
    refused(enrolled.try_sign_in("a wrong password", totp=code), 401,
            "sign_in_failed")
    refused(managed.call("POST", "/session/reauthentication",
                         {"totp": code}, session=enrolled.session), 401,
            "totp_replayed")
    enrolled.forget_step()
    proof = enrolled.proof(enrolled.session, totp=code)
    refused(enrolled.try_sign_in(totp=code), 401, "totp_replayed")
    assert managed.call("POST", "/session/recovery-codes", proof=proof,
                        session=enrolled.session).status == 200


def test_one_step_of_skew(enrolled):
    for steps in (-3, 3, 100):
        refused(enrolled.try_sign_in(totp=enrolled.code(steps)), 401,
                "sign_in_failed")
    for steps in (0, 1):
        assert enrolled.try_sign_in(
            totp=enrolled.code(steps)).status == 200, steps
    # What is before a code that was taken counts no more.
    refused(enrolled.try_sign_in(totp=enrolled.code()), 401,
            "totp_replayed")
    enrolled.forget_step()
    code = enrolled.code(-1)
    answer = enrolled.try_sign_in(totp=code)
    # Unless the step ended in between.
    assert answer.status == 200 or code != enrolled.code(-1)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef",
                                  "-12345", "12 34 5", "\u0661" * 6])
def test_what_is_no_code(enrolled, code):
    answer = enrolled.try_sign_in(totp=code)
    if code == "":
        refused(answer, 422, "invalid")
    else:
        refused(answer, 401, "sign_in_failed")


def at_once(count, work):
    """What WORK(i) returned in COUNT threads that began together."""
    results, gate = [None] * count, threading.Barrier(count)

    def run(number):
        gate.wait()
        results[number] = work(number)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def patiently(work):
    """WORK until it is not refused for there being too many."""
    while True:
        answer = work()
        if answer.status not in (429, 503):
            return answer


def test_fifty_with_one_code(managed, enrolled):
    """Each is looked at, and one is let in."""
    # The next one: it is good for a minute and more.
    code = enrolled.code(1)
    places = [managed.place() for _ in range(50)]

    with managed.configured("accounts", free_attempts="1000"):
        answers = at_once(50, lambda number: patiently(
            lambda: enrolled.try_sign_in(totp=code, place=places[number])))
    codes = sorted(a.json.get("code", "in") for a in answers)
    assert codes == ["in"] + ["totp_replayed"] * 49
    assert enrolled.events().count("signed_in") == 2


def test_recovery_codes_count_once(managed, enrolled):
    code = enrolled.codes[0]
    refused(enrolled.try_sign_in("a wrong password", recovery_code=code),
            401, "sign_in_failed")
    other = managed.make_member()
    other.enrol(other.sign_in())
    refused(other.try_sign_in(recovery_code=code), 401, "sign_in_failed")
    swapped = code.swapcase()
    for wrong in (swapped, code[:-1], code + "0", "x", code[:-1] + "\u00e4"):
        managed.sql("UPDATE hasp.attempt SET failures = 0")
        refused(enrolled.try_sign_in(recovery_code=wrong), 401,
                "sign_in_failed")
    managed.sql("UPDATE hasp.attempt SET failures = 0")
    answers = at_once(6, lambda _: enrolled.try_sign_in(recovery_code=code))
    assert sorted(a.status for a in answers).count(200) == 1
    managed.sql("UPDATE hasp.attempt SET failures = 0")
    refused(patiently(lambda: enrolled.try_sign_in(recovery_code=code)), 401,
            "sign_in_failed")
    plain = enrolled.codes[1].replace("-", "")
    assert enrolled.try_sign_in(recovery_code=plain).status == 200
    assert enrolled.events().count("recovery_code_used") == 2


def test_new_recovery_codes(managed, enrolled):
    answer = managed.call("POST", "/session/recovery-codes",
                          session=enrolled.session,
                          proof=enrolled.proof(enrolled.session))
    assert answer.status == 200
    refused(enrolled.try_sign_in(recovery_code=enrolled.codes[0]), 401,
            "sign_in_failed")
    assert enrolled.try_sign_in(
        recovery_code=answer.json["recovery_codes"][0]).status == 200
    stored = managed.sql("SELECT encode(digest, 'hex') FROM "
                         "hasp.recovery_code WHERE member = %d" % enrolled.id)
    assert len(stored.split()) == 9


def test_the_old_one_stays_until_the_new_one_is_confirmed(managed, enrolled):
    old = enrolled.secret
    answer = managed.call("POST", "/session/totp", session=enrolled.session,
                          proof=enrolled.proof(enrolled.session))
    new = answer.json["secret"]
    refused(enrolled.try_sign_in(totp=totp(new)), 401, "sign_in_failed")
    assert enrolled.try_sign_in(totp=totp(old)).status == 200
    assert managed.call("POST", "/session/totp/confirmation",
                        {"totp": totp(new)},
                        session=enrolled.session).status == 200
    enrolled.forget_step()
    refused(enrolled.try_sign_in(totp=totp(old, 1)), 401, "sign_in_failed")
    refused(enrolled.try_sign_in(recovery_code=enrolled.codes[0]), 401,
            "sign_in_failed")
    assert enrolled.try_sign_in(totp=totp(new)).status == 200


def test_removing_it(managed, enrolled):
    refused(managed.call("DELETE", "/session/totp",
                         session=enrolled.session), 403, "proof_required")
    answer = managed.call("DELETE", "/session/totp",
                          session=enrolled.session,
                          proof=enrolled.proof(enrolled.session))
    assert (answer.status, answer.json) == (200, {})
    assert enrolled.try_sign_in().status == 200
    assert managed.sql(
        "SELECT num_nonnulls(totp_sealed, totp_pending, totp_confirmed_at), "
        "(SELECT count(*) FROM hasp.recovery_code r WHERE r.member = m.id) "
        "FROM hasp.member m WHERE id = %d" % enrolled.id) == "0|0"
    assert enrolled.events()[-2:] == ["totp_removed", "signed_in"]


def test_confirming_is_slowed(managed):
    """Its answer shows recovery codes, so it must not be guessed."""
    member = managed.make_member()
    session = member.sign_in()
    answer = managed.call("POST", "/session/totp", session=session,
                          proof=member.proof(session))
    place = managed.place()
    for _ in range(5):
        refused(managed.call(
            "POST", "/session/totp/confirmation",
            {"totp": totp(answer.json["secret"], 9)}, session=session,
            REMOTE_ADDR=place), 401, "sign_in_failed")
    refused(managed.call(
        "POST", "/session/totp/confirmation",
        {"totp": totp(answer.json["secret"])}, session=session,
        REMOTE_ADDR=place), 429, "too_many_attempts")


def test_a_sealed_secret_is_its_member_s(managed, enrolled):
    """Who can write rows cannot give a member a secret that they know."""
    other = managed.make_member()
    managed.sql("UPDATE hasp.member SET totp_sealed = (SELECT totp_sealed "
                "FROM hasp.member WHERE id = %d), totp_confirmed_at = now() "
                "WHERE id = %d" % (enrolled.id, other.id))
    refused(other.try_sign_in(totp=enrolled.code()), 503,
            "totp_unavailable")
    managed.programs["accounts"].wait_log(r" totp_not_opened member=%d "
                                          % other.id)


def test_without_a_key_file(managed, enrolled):
    """Who has no authenticator signs in; the log says how to make a key."""
    other = managed.make_member()
    session = other.sign_in()
    with managed.configured("accounts", totp_key_file="") as program:
        refused(enrolled.try_sign_in(), 401, "totp_required")
        refused(enrolled.try_sign_in(totp=enrolled.code()), 503,
                "totp_unavailable")
        assert enrolled.try_sign_in(
            recovery_code=enrolled.codes[0]).status == 200
        refused(managed.call("POST", "/session/totp", session=session,
                             proof=other.proof(session)), 503,
                "totp_unavailable")
        program.wait_log(" totp_key_missing .*head -c 32")
        assert other.try_sign_in().status == 200
        # A bad one does not take the place of a good configuration.
        program.options["totp_key_file"] = str(managed.folder / "none")
        program.write_config()
        program.process.send_signal(signal.SIGHUP)
        program.wait_log(" config_refused ")
        assert other.try_sign_in().status == 200


@pytest.mark.parametrize("make", [
    lambda path: None, lambda path: path.write_bytes(b"x" * 31),
    lambda path: path.write_bytes(b"\0" * 32),
    lambda path: (path.write_bytes(bytes(range(32))), path.chmod(0o644)),
    lambda path: path.mkdir()], ids=["none", "short", "zeros", "open",
                                     "folder"])
def test_a_bad_key_file_keeps_it_from_starting(folder, make, request):
    path = folder / ("key-" + request.node.callspec.id)
    make(path)
    accounts = BUILD / "fcgi-apps" / "accounts" / "accounts"
    program = Program(folder, accounts, {"totp_key_file": str(path)})
    for words in (["--check-config"], []):
        done = subprocess.run(
            [accounts, "--config", program.config, *words], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=10)
        assert done.returncode == 78, done
        assert "totp_key_file" in done.stderr and str(path) in done.stderr
