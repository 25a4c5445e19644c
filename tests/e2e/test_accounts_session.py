# SPDX-License-Identifier: ISC
"""Signing in and out over FastCGI: what sessions, their cookies, tokens and
proofs are worth, and what is said to whom."""

import json
import re
import time

import pytest
from auth_world import header
from manage_world import Session, refused

COOKIE = re.compile(r"__Host-hasp=[0-9A-Za-z]{43}; Path=/; Secure; HttpOnly; "
                    r"SameSite=Strict; Max-Age=43200")


def raw_of(answer):
    return (answer.status, sorted(answer.headers), answer.body)


def test_signing_in_and_out(managed):
    member = managed.make_member()
    answer = member.try_sign_in()
    assert answer.status == 200
    assert COOKIE.fullmatch(header(answer, "Set-Cookie"))
    assert header(answer, "Cache-Control") == "no-store"
    session = Session(answer)
    assert answer.json["member"] == {
        "id": member.id, "email": member.email, "may_administer": True,
        "totp": False}
    assert answer.json["account"] == {
        "id": managed.account, "name": "an account"}
    assert set(answer.json) == {"member", "account", "csrf_token",
                                "expires_at", "idle_expires_at"}
    shown = managed.call("GET", "/session", session=session)
    assert (shown.status, header(shown, "Set-Cookie")) == (200, None)
    assert {**shown.json, "idle_expires_at": ""} == {
        **answer.json, "idle_expires_at": ""}
    assert managed.call("HEAD", "/session", session=session).body == b""
    out = managed.call("DELETE", "/session", session=session)
    assert (out.status, out.body) == (204, b"")
    assert header(out, "Set-Cookie").startswith("__Host-hasp=; Path=/; ")
    assert header(out, "Set-Cookie").endswith("; Max-Age=0")
    for method in "GET", "DELETE":
        refused(managed.call(method, "/session", session=session), 401,
                "session_ended")
    assert member.events() == ["signed_in", "signed_out"]


def test_the_address_of_email_has_no_case(managed):
    member = managed.make_member("Some.One-1@example.org")
    member.email = "SOME.one-1@Example.ORG"
    assert member.try_sign_in().json["member"]["email"] == \
        "some.one-1@example.org"


def test_what_is_wrong_is_not_told(managed):
    """Unknown, wrong, disabled, without a password: byte for byte alike."""
    member = managed.make_member()
    disabled = managed.make_member()
    managed.sql("UPDATE hasp.member SET disabled_at = now() WHERE id = %d"
                % disabled.id)
    blank = managed.make_member()
    managed.sql("UPDATE hasp.member SET password_hash = NULL WHERE id = %d"
                % blank.id)
    suspended = managed.make_member(account=managed.make_account(
        status="'suspended'"))
    wrong = member.try_sign_in("a wrong password")
    refused(wrong, 401, "sign_in_failed")
    assert [v for n, v in wrong.headers if n == "WWW-Authenticate"] == [
        'Bearer realm="api", error="invalid_token"']
    unknown = managed.call("POST", "/session", {
        "email": "nobody@example.org", "password": "a wrong password"},
        REMOTE_ADDR=managed.place())
    alike = [unknown, disabled.try_sign_in(), blank.try_sign_in(),
             blank.try_sign_in("*"), member.try_sign_in("x" * 300),
             suspended.try_sign_in("a wrong password"),
             managed.call("POST", "/session", {
                 "email": "no address", "password": "x"},
                 REMOTE_ADDR=managed.place())]
    for answer in alike:
        assert raw_of(answer) == raw_of(wrong)
    assert member.events()[-1] == "sign_in_failed"
    unknown_rows = managed.sql(
        "SELECT DISTINCT actor, detail::text FROM hasp.audit_event WHERE account "
        "= 0 AND event = 'sign_in_failed' AND member IS NULL")
    assert unknown_rows == "nobody|{}"


def test_what_is_told_to_who_is_right(managed):
    managed.sql("INSERT INTO hasp.region VALUES ('mars', 'Mars', "
                "'mars.example') ON CONFLICT DO NOTHING")
    for column, code, status in (
            ("status = 'suspended'", "account_suspended", 403),
            ("status = 'closed'", "account_closed", 403),
            ("region = 'mars'", "wrong_region", 401)):
        account = managed.make_account()
        member = managed.make_member(account=account)
        enrolled = managed.make_member(account=account)
        enrolled.enrol(enrolled.sign_in())
        enrolled.forget_step()
        managed.sql("UPDATE hasp.account SET %s WHERE id = %d"
                    % (column, account))
        body = {"email": member.email, "password": member.password}
        place = {"REMOTE_ADDR": managed.place(), "HASP_REGION": "main"}
        problem = refused(managed.call("POST", "/session", body, **place),
                          status, code)
        assert problem.get("api_host") == (
            "mars.example" if code == "wrong_region" else None)
        body["password"] = "a wrong password"
        refused(managed.call("POST", "/session", body, **place), 401,
                "sign_in_failed")
        body = {"email": enrolled.email, "password": enrolled.password}
        for more, status_2, code_2 in (
                ({}, 401, "totp_required"),
                ({"totp": enrolled.code(5)}, 401, "sign_in_failed"),
                ({"totp": enrolled.code()}, status, code),
                ({"recovery_code": enrolled.codes[0]}, status, code)):
            problem = refused(managed.call(
                "POST", "/session", {**body, **more},
                REMOTE_ADDR=managed.place(), HASP_REGION="main"),
                status_2, code_2)
            assert ("api_host" in problem) == (code_2 == "wrong_region")
        # Nothing was used up.
        assert managed.sql("SELECT count(*) FROM hasp.recovery_code WHERE "
                           "member = %d" % enrolled.id) == "10"


def test_the_session_of_before_ends(managed):
    """A token that somebody planted is of no use after signing in."""
    member = managed.make_member()
    other = managed.make_member(account=managed.other)
    for before in member, other:
        old = before.sign_in()
        failed = member.try_sign_in("a wrong password", session=old)
        refused(failed, 401, "sign_in_failed")
        assert managed.call("GET", "/session", session=old).status == 200
        answer = member.try_sign_in(session=old)
        assert answer.status == 200
        refused(managed.call("GET", "/session", session=old), 401,
                "session_ended")
        assert managed.call("GET", "/session",
                            session=Session(answer)).status == 200
    assert other.events() == ["signed_in", "signed_out"]


def test_twenty_sessions_at_most(managed):
    member = managed.make_member()
    sessions = [member.sign_in() for _ in range(21)]
    states = [managed.call("GET", "/session", session=s).status
              for s in sessions]
    assert states == [401] + [200] * 20


@pytest.mark.parametrize("change", [
    "hasp.session SET expires_at = now()",
    "hasp.session SET seen_at = now() - interval '30 minutes'"])
def test_a_session_ends(managed, change):
    member = managed.make_member()
    session, kept = member.sign_in(), member.sign_in()
    digest = "sha256('%s')" % session.cookie
    managed.sql("UPDATE %s WHERE digest = %s" % (change, digest))
    refused(managed.call("GET", "/session", session=session), 401,
            "session_ended")
    assert managed.call("GET", "/session", session=kept).status == 200
    # The next signing in removes the row.
    member.sign_in()
    assert managed.sql("SELECT count(*) FROM hasp.session WHERE digest = "
                       + digest) == "0"


def test_a_session_in_use_does_not_idle_out(managed):
    session = managed.make_member().sign_in()
    managed.sql("UPDATE hasp.session SET seen_at = now() - interval '29 "
                "minutes' WHERE digest = sha256('%s')" % session.cookie)
    for _ in range(2):
        assert managed.call("GET", "/session", session=session).status == 200
    assert managed.sql("SELECT now() - seen_at < interval '1 minute' FROM "
                       "hasp.session WHERE digest = sha256('%s')"
                       % session.cookie) == "t"


@pytest.mark.parametrize("change", [
    "DELETE FROM hasp.member WHERE id = %d",
    "UPDATE hasp.member SET disabled_at = now() WHERE id = %d"])
def test_a_member_who_is_gone(managed, change):
    member = managed.make_member()
    session = member.sign_in()
    proof = member.proof(session)
    managed.sql(change % member.id)
    for call in (("GET", "/session"), ("GET", "/account"),
                 ("GET", "/members"), ("POST", "/session/totp")):
        refused(managed.call(*call, session=session, proof=proof), 401,
                "session_ended")
    refused(member.try_sign_in(), 401, "sign_in_failed")


def test_the_cookie_once(managed):
    session = managed.make_member().sign_in()
    one = "__Host-hasp=" + session.cookie
    for cookie in (one + "; " + one, one + "; __Host-hasp=",
                   "__Host-hasp=" + session.cookie[:-1],
                   "hasp=" + session.cookie, one + "x",
                   one.replace("__Host", "__host")):
        answer = managed.call("GET", "/session", headers={"Cookie": cookie})
        refused(answer, 401, "session_ended")
    answer = managed.call("GET", "/session", headers={
        "Cookie": "a=b; " + one + "; c=d"})
    assert answer.status == 200


@pytest.mark.parametrize("method, path", [
    ("DELETE", "/session"), ("POST", "/session/reauthentication"),
    ("POST", "/session/password"), ("POST", "/session/totp"),
    ("POST", "/session/totp/confirmation"), ("DELETE", "/session/totp"),
    ("POST", "/session/recovery-codes"), ("PATCH", "/account"),
    ("POST", "/members"), ("PATCH", "/members/1"), ("DELETE", "/members/1")])
def test_a_change_needs_the_page_s_own_token(managed, method, path):
    member = managed.make_member()
    session, other = member.sign_in(), member.sign_in()
    for token in (None, "", other.csrf, session.csrf.upper(),
                  session.csrf[:-1], session.cookie):
        refused(managed.call(method, path, session=session,
                             HTTP_X_CSRF_TOKEN=token), 403, "csrf_failed")
    for headers in ({"Sec-Fetch-Site": "cross-site"},
                    {"Sec-Fetch-Site": "same-site"},
                    {"Origin": "https://evil.example"}, {"Origin": "null"},
                    {"Origin": "https://manage.example:444"}):
        refused(managed.call(method, path, session=session,
                             headers=headers), 403, "cross_site")
    assert managed.call("GET", "/session", session=session).status == 200
    # Without any session, and with a key in its place.
    refused(managed.call(method, path), 401, "session_ended")
    refused(managed.call(method, path, key=managed.key(role="'admin'")), 403,
            "session_required")


def test_no_page_of_another_site_signs_in(managed):
    member = managed.make_member()
    body = {"email": member.email, "password": member.password}
    for headers in ({"Sec-Fetch-Site": "cross-site"},
                    {"Origin": "https://evil.example"}):
        refused(managed.call("POST", "/session", body, headers=headers), 403,
                "cross_site")
    refused(managed.call("POST", "/session", body,
                         CONTENT_TYPE="text/plain"), 415,
            "media_type")
    refused(managed.call("POST", "/session", body, CONTENT_TYPE=(
        "application/x-www-form-urlencoded")), 415, "media_type")
    assert member.events() == []
    for headers in ({"Sec-Fetch-Site": "same-origin",
                     "Origin": "https://manage.example"},
                    {"Sec-Fetch-Site": "none"}):
        assert managed.call("POST", "/session", body, headers=headers,
                            REMOTE_ADDR=managed.place()).status == 200


GOOD = {"email": "a@example.org", "password": "a password"}


@pytest.mark.parametrize("body, status, code", [
    (b"", 400, "body_malformed"), (b"{", 400, "body_malformed"),
    (b"[]", 400, "body_malformed"), (b"null", 400, "body_malformed"),
    (b"{'email': 1}", 400, "body_malformed"),
    (b'{"email":"a@example.org","email":"b@example.org","password":"x"}',
     400, "body_member_twice"),
    (b'{"email":"\xff@example.org","password":"x"}', 400, "body_not_utf8"),
    (b'{"email":"\\ud800@example.org","password":"x"}', 400,
     "body_not_utf8"),
    (b'{"email":"a\\u0000@example.org","password":"x"}', 400, "body_nul"),
    (b'{"email":"a@example.org","password":"x\0"}', 400, "body_nul"),
    (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400, "body_too_deep"),
    (b"[" * 60000, 400, "body_too_deep"),
    (json.dumps({**GOOD, "password": "x" * 65536}).encode(), 413,
     "body_too_large"),
    (b" " * 65537 + b"{}", 413, "body_too_large")])
def test_bodies_that_are_none(managed, body, status, code):
    session = managed.make_member().sign_in()
    for path in "/session", "/session/reauthentication":
        refused(managed.call("POST", path, raw=body or None, session=session,
                             CONTENT_TYPE="application/json"), status, code)


@pytest.mark.parametrize("change, pointers", [
    ({"email": None}, ["#/email"]), ({"email": 5}, ["#/email"]),
    ({"email": ""}, ["#/email"]), ({"email": "x" * 255}, ["#/email"]),
    ({"password": ["x"]}, ["#/password"]), ({"password": ""}, ["#/password"]),
    ({"password": "x" * 1025}, ["#/password"]),
    ({"totp": 123456}, ["#/totp"]), ({"totp": ""}, ["#/totp"]),
    ({"recovery_code": {}}, ["#/recovery_code"]),
    ({"totp": "123456", "recovery_code": "x"}, ["#/recovery_code"]),
    ({"remember": True}, ["#/remember"]),
    ({"email": 1, "password": 2}, ["#/email", "#/password"])])
def test_every_fault_is_pointed_at(managed, change, pointers):
    problem = refused(managed.call("POST", "/session", {**GOOD, **change}),
                      422, "invalid")
    assert [e["pointer"] for e in problem["errors"]] == pointers


def test_no_query(managed):
    session = managed.make_member().sign_in()
    for method, path in (("POST", "/session"), ("GET", "/session"),
                         ("DELETE", "/session"), ("GET", "/account"),
                         ("POST", "/session/totp")):
        refused(managed.call(method, path + "?a=b", session=session,
                             body=GOOD if path == "/session" else None),
                400, "query_invalid")
    refused(managed.call("PUT", "/session"), 405, "method_not_allowed")
    refused(managed.call("GET", "/session/nothing"), 404, "not_found")


# -- proofs ----------------------------------------------------------------

def change(managed, session, proof, value=True):
    return managed.call("PATCH", "/account",
                        {"machine_key_management": value}, session=session,
                        proof=proof)


def test_a_proof_counts_once(managed):
    member = managed.make_member()
    session, other = member.sign_in(), member.sign_in()
    for proof, code in ((None, "proof_required"), ("", "proof_required"),
                        ("x", "proof_invalid"), ("0" * 43, "proof_invalid"),
                        (session.cookie, "proof_invalid")):
        refused(change(managed, session, proof), 403, code)
    proof = member.proof(session)
    refused(change(managed, other, proof), 403, "proof_invalid")
    assert change(managed, session, proof).status == 200
    refused(change(managed, session, proof), 403, "proof_invalid")
    old = member.proof(session)
    managed.sql("UPDATE hasp.proof SET expires_at = expires_at - interval "
                "'120 seconds' WHERE digest = sha256('%s')" % old)
    refused(change(managed, session, old), 403, "proof_invalid")
    assert change(managed, session, member.proof(session)).status == 200


def test_a_change_that_fails_leaves_the_proof(managed):
    member = managed.make_member(account=managed.make_account())
    session = member.sign_in()
    proof = member.proof(session)
    refused(managed.call("DELETE", "/members/%d" % member.id,
                         session=session, proof=proof), 409, "last_admin")
    refused(managed.call("PATCH", "/members/999999999",
                         {"may_administer": True}, session=session,
                         proof=proof), 404, "not_found")
    assert change(managed, session, proof).status == 200


def test_ten_proofs_at_most(managed):
    member = managed.make_member()
    session = member.sign_in()
    proofs = [member.proof(session) for _ in range(11)]
    refused(change(managed, session, proofs[0]), 403, "proof_invalid")
    for proof in proofs[1:]:
        assert change(managed, session, proof).status == 200


def test_reauthentication_that_fails(managed):
    member = managed.make_member()
    session = member.sign_in()
    ask = "/session/reauthentication"
    for body in ({}, {"password": member.password, "totp": "123456"}):
        problem = refused(managed.call("POST", ask, body, session=session),
                          422, "invalid")
        assert problem["errors"][0]["pointer"] == "#"
    refused(managed.call("POST", ask, {"totp": "123456"}, session=session),
            409, "totp_not_offered")
    place = managed.place()
    for _ in range(5):
        refused(managed.call("POST", ask, {"password": "wrong"},
                             session=session, REMOTE_ADDR=place), 401,
                "sign_in_failed")
    late = managed.call("POST", ask, {"password": member.password},
                        session=session, REMOTE_ADDR=place)
    refused(late, 429, "too_many_attempts")
    assert header(late, "Retry-After") == "1"
    assert member.events() == ["signed_in"] + ["reauthentication_failed"] * 5
    # The session goes on.
    assert managed.call("GET", "/session", session=session).status == 200


# -- passwords -------------------------------------------------------------

def test_another_password(managed):
    member = managed.make_member()
    session, other = member.sign_in(), member.sign_in()
    fresh = "quite another one"
    ask = "/session/password"
    for new in ("short", member.email, "x" * 40, "x" * 257):
        problem = refused(managed.call("POST", ask, {
            "password": member.password, "new_password": new},
            session=session), 422, "invalid")
        assert problem["errors"][0]["pointer"] == "#/new_password"
    refused(managed.call("POST", ask, {"password": "wrong",
                                       "new_password": fresh},
                         session=session, REMOTE_ADDR=managed.place()), 401,
            "sign_in_failed")
    assert managed.call("GET", "/session", session=other).status == 200
    answer = managed.call("POST", ask, {
        "password": member.password, "new_password": fresh}, session=session,
        REMOTE_ADDR=managed.place())
    assert (answer.status, answer.json) == (200, {})
    refused(managed.call("GET", "/session", session=other), 401,
            "session_ended")
    assert managed.call("GET", "/session", session=session).status == 200
    refused(member.try_sign_in(), 401, "sign_in_failed")
    assert member.try_sign_in(fresh).status == 200
    assert member.events()[-3:] == ["password_changed", "sign_in_failed",
                                    "signed_in"]


def test_the_answer_says_when_it_ends(managed):
    answer = managed.make_member().try_sign_in()
    now = time.time()
    for name, seconds in (("expires_at", 43200), ("idle_expires_at", 1800)):
        end = time.mktime(time.strptime(
            answer.json[name], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
        assert abs(end - now - seconds) < 60
