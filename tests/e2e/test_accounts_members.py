# SPDX-License-Identifier: ISC
"""Accounts and their members: who sees and changes what."""

import threading

import pytest
from auth_world import header
from manage_world import Member, refused


@pytest.fixture
def admin(managed):
    """A member who administers an account of their own, signed in."""
    member = managed.make_member(account=managed.make_account())
    member.session = member.sign_in()
    member.account = member.session.account = int(managed.sql(
        "SELECT account FROM hasp.member WHERE id = %d" % member.id))
    return member


def by(managed, who, method, path, body=None, **more):
    """A change with a fresh proof."""
    more.setdefault("proof", who.proof(who.session))
    return managed.call(method, path, body, session=who.session, **more)


def test_an_account_by_key_and_by_person(managed):
    managed.sql("INSERT INTO hasp.plan VALUES ('big', 'Big', true, false, 7, "
                "5, 50) ON CONFLICT DO NOTHING")
    account = managed.make_account(plan="'big'", name="'An \"account\"'")
    member = managed.make_member(account=account, may_administer=False)
    keys = [managed.key(account, role="'%s'" % role)
            for role in ("read", "write", "admin")]
    keys[1].update("revoked_at = now(), revoked_by = 'operator', "
                   "revoked_why = ''")
    want = {
        "id": account, "name": 'An "account"', "status": "active",
        "plan": {"code": "big", "name": "Big", "self_service": False,
                 "max_keys": 7, "rate_limit": {"per_second": 5,
                                               "burst": 50}},
        "region": {"code": "main", "name": "Main", "api_host": "localhost"},
        "keys": 2, "machine_key_management": True, "legacy_keys": None}
    for who in ({"key": keys[0]}, {"key": keys[2]},
                {"session": member.sign_in()}):
        answer = managed.call("GET", "/account", **who)
        assert (answer.status, answer.json) == (200, want)
        assert header(answer, "Cache-Control") == "no-store"
    managed.change("UPDATE hasp.account SET legacy_deprecated_at = '2031-05-04 "
                "00:00:00+00', legacy_link = 'https://a.example/', "
                "legacy_policy = 'refuse' WHERE id = %d" % account)
    assert managed.call("GET", "/account", key=keys[0]).json == {
        **want, "legacy_keys": {
            "deprecated_at": "2031-05-04T00:00:00Z", "sunset_at": None,
            "link": "https://a.example/", "policy": "refuse"}}
    refused(managed.call("GET", "/account", key=keys[1]), 401,
            "key_revoked")
    refused(managed.call("GET", "/account"), 401, "credential_missing")


def test_who_may_manage_keys(managed, admin):
    plain = managed.make_member(account=admin.account, may_administer=False)
    plain.session = plain.sign_in()
    body = {"machine_key_management": False}
    refused(by(managed, plain, "PATCH", "/account", body), 403,
            "admin_required")
    refused(managed.call("PATCH", "/account", body, session=admin.session),
            403, "proof_required")
    for wrong, pointer in (({}, "#/machine_key_management"),
                           ({"machine_key_management": None},
                            "#/machine_key_management"),
                           ({"machine_key_management": "no"},
                            "#/machine_key_management"),
                           ({**body, "name": "x"}, "#/name")):
        problem = refused(by(managed, admin, "PATCH", "/account", wrong), 422,
                          "invalid")
        assert problem["errors"][0]["pointer"] == pointer
    answer = by(managed, admin, "PATCH", "/account", body)
    assert answer.json["machine_key_management"] is False
    assert managed.sql(
        "SELECT actor, detail->>'machine_keys' FROM hasp.audit_event WHERE "
        "event = 'account_changed' AND account = %d" % admin.account) == \
        "member:%d|false" % admin.id


def test_a_new_member(managed, admin):
    answer = by(managed, admin, "POST", "/members",
                {"email": "New.One@Example.org"})
    assert answer.status == 201
    made = answer.json
    assert header(answer, "Location") == "/hasp/v1/members/%d" % made["id"]
    assert {**made, "password": "", "created_at": ""} == {
        "id": made["id"], "email": "new.one@example.org",
        "may_administer": False, "totp": False, "password": "",
        "created_at": ""}
    person = Member(managed, made["email"], made["password"])
    person.session = person.sign_in()
    listed = managed.call("GET", "/members", session=person.session).json
    assert [m["id"] for m in listed["members"]] == [admin.id, made["id"]]
    assert made["password"] not in str(listed)
    refused(by(managed, person, "POST", "/members",
               {"email": "another@example.org"}), 403, "admin_required")
    assert managed.sql("SELECT actor || ' ' || event FROM hasp.audit_event "
                       "WHERE member = %d ORDER BY seq LIMIT 1" % made["id"]
                       ) == "member:%d member_created" % admin.id


@pytest.mark.parametrize("email", [
    "x", "no address", "a@b@c", "a b@example.org", "@example.org", "a@",
    "a@example.org\n", "x" * 251 + "@a.b", 5, None,
    "a@exa\u2028mple.org"])
def test_what_is_no_address(managed, admin, email):
    problem = refused(by(managed, admin, "POST", "/members",
                         {"email": email}), 422, "invalid")
    assert problem["errors"][0]["pointer"] == "#/email"
    assert managed.sql("SELECT count(*) FROM hasp.member WHERE account = %d"
                       % admin.account) == "1"


def test_an_address_is_one_member_s(managed, admin):
    other = managed.make_member(account=managed.other)
    for email in (admin.email, admin.email.upper(), other.email):
        refused(by(managed, admin, "POST", "/members", {"email": email}), 409,
                "email_taken")
    proof = admin.proof(admin.session)
    for status in (409, 409):
        assert managed.call("POST", "/members", {"email": other.email},
                            session=admin.session, proof=proof
                            ).status == status


def test_pages(managed, admin):
    for number in range(7):
        managed.make_member("p%d-%d@example.org" % (admin.id, number),
                            account=admin.account)
    managed.make_member(account=managed.other)
    seen, path = [], "/members?limit=3"
    while path is not None:
        answer = managed.call("GET", path, session=admin.session)
        assert answer.status == 200
        page = answer.json
        seen += [m["id"] for m in page["members"]]
        link = header(answer, "Link")
        assert page["has_more"] == (link is not None) == (
            page["next_cursor"] is not None)
        path = link and link[len("</hasp/v1"):link.index(">")]
        if path:
            assert path.endswith("cursor=" + page["next_cursor"])
            assert link.endswith('>; rel="next"')
    assert seen == sorted(seen) and len(seen) == 8 and seen[0] == admin.id
    whole = managed.call("GET", "/members", session=admin.session).json
    assert [m["id"] for m in whole["members"]] == seen
    empty = managed.call("GET", "/members?cursor=%d" % seen[-1],
                         session=admin.session).json
    assert empty == {"members": [], "has_more": False, "next_cursor": None}
    for query in ("limit=0", "limit=101", "limit=x", "limit=1&limit=2",
                  "cursor=", "cursor=x", "cursor=-1", "cursor=%zz",
                  "cursor=99999999999999999999", "page=2", "limit"):
        refused(managed.call("GET", "/members?" + query,
                             session=admin.session), 400, "query_invalid")


def test_members_of_other_accounts(managed, admin):
    other = managed.make_member(account=managed.other)
    for target in (other.id, 10**9, "0", "x", "-1", "1e3", "9" * 30):
        for method, body in (("PATCH", {"may_administer": True}),
                             ("DELETE", None)):
            refused(by(managed, admin, method, "/members/%s" % target, body),
                    404, "not_found")
    assert other.try_sign_in().status == 200


def test_who_may_administer(managed, admin):
    plain = managed.make_member(account=admin.account, may_administer=False)
    plain.session = plain.sign_in()
    path = "/members/%d" % plain.id
    yes, no = {"may_administer": True}, {"may_administer": False}
    refused(by(managed, plain, "PATCH", path, yes), 403, "admin_required")
    refused(by(managed, admin, "PATCH", path, {}), 422, "invalid")
    answer = by(managed, admin, "PATCH", path, yes)
    assert (answer.status, answer.json["may_administer"]) == (200, True)
    shown = managed.call("GET", "/session", session=plain.session).json
    assert shown["member"]["may_administer"] is True
    mine = "/members/%d" % admin.id
    assert by(managed, plain, "PATCH", mine, no).json["may_administer"] \
        is False
    refused(by(managed, admin, "PATCH", path, no), 403, "admin_required")
    refused(by(managed, plain, "PATCH", path, no), 409, "last_admin")
    refused(by(managed, plain, "DELETE", path), 409, "last_admin")
    # Who is disabled does not count.
    assert by(managed, plain, "PATCH", mine, yes).status == 200
    managed.sql("UPDATE hasp.member SET disabled_at = now() WHERE id = %d"
                % admin.id)
    refused(by(managed, plain, "DELETE", path), 409, "last_admin")


def test_a_member_leaves(managed, admin):
    other = managed.make_member(account=admin.account)
    other.session = other.sign_in()
    answer = by(managed, other, "DELETE", "/members/%d" % other.id)
    assert (answer.status, answer.json) == (200, {})
    assert header(answer, "Set-Cookie").endswith("; Max-Age=0")
    refused(managed.call("GET", "/session", session=other.session), 401,
            "session_ended")
    assert other.events()[-1] == "member_removed"
    third = managed.make_member(account=admin.account, may_administer=False)
    session = third.sign_in()
    answer = by(managed, admin, "DELETE", "/members/%d" % third.id)
    assert (answer.status, header(answer, "Set-Cookie")) == (200, None)
    refused(managed.call("GET", "/session", session=session), 401,
            "session_ended")
    refused(third.try_sign_in(), 401, "sign_in_failed")
    refused(by(managed, admin, "DELETE", "/members/%d" % third.id), 404,
            "not_found")


@pytest.mark.parametrize("method, body", [
    ("PATCH", {"may_administer": False}), ("DELETE", None)])
def test_two_admins_who_end_each_other(managed, method, body):
    """One is left, whoever is first."""
    for _ in range(8):
        account = managed.make_account()
        pair = [managed.make_member(account=account) for _ in range(2)]
        for member in pair:
            member.session = member.sign_in()
        proofs = [member.proof(member.session) for member in pair]
        gate, answers = threading.Barrier(2), [None, None]

        def end(number, pair=pair, proofs=proofs, gate=gate,
                answers=answers):
            gate.wait()
            answers[number] = managed.call(
                method, "/members/%d" % pair[1 - number].id, body,
                session=pair[number].session, proof=proofs[number])

        threads = [threading.Thread(target=end, args=(i,)) for i in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(a.status for a in answers)[0] == 200
        assert {a.status for a in answers} - {200} <= {401, 403, 409}
        assert managed.sql("SELECT count(*) FROM hasp.member WHERE account "
                           "= %d AND may_administer" % account) == "1"
