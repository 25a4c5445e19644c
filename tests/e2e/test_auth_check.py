# SPDX-License-Identifier: ISC
"""auth-check alone, spoken to over FastCGI, with a real database: every
verdict in every voice."""

import json

import pytest

import keys
from auth_world import api, ask_row, basic, bearer, code, header, malformed
from fcgi_raw import AUTHORIZER

REVOKED = ("revoked_at = now(), revoked_by = 'operator', "
           "revoked_why = ''")
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS",
           "TRACE", "CONNECT", "PROPFIND", "FOO", "get")


# -- allowed --------------------------------------------------------------


@pytest.mark.parametrize("how", ["bearer", "basic"])
def test_allowed(world, how):
    key = world.key(role="'write'")
    got = world.ask(bearer(key) if how == "bearer"
                    else basic(key.account, key.text))
    assert got.status == 204
    assert got.body == b""
    assert dict(got.headers) == {
        "X-Hasp-Account": str(key.account), "X-Hasp-Key": key.id,
        "X-Hasp-Secret-Version": "1", "X-Hasp-Role": "write",
        "X-Hasp-Environment": "live", "X-Hasp-App": "",
        "X-Hasp-Request-Id": "0123abc"}


def test_allowed_to_an_authorizer(world):
    key = world.key()
    got = world.ask(bearer(key), role=AUTHORIZER, HASP_ACTION=None)
    assert got.status == 200
    assert got.body == b""
    assert dict(got.headers) == {
        "Variable-HASP_ACCOUNT": str(key.account),
        "Variable-HASP_KEY": key.id, "Variable-HASP_SECRET_VERSION": "1",
        "Variable-HASP_ROLE": "read", "Variable-HASP_ENVIRONMENT": "live",
        "Variable-HASP_APP": "", "Variable-HASP_REQUEST_ID": "0123abc"}


def test_second_secret(world):
    key = world.key()
    text = keys.make()
    key.sql("INSERT INTO hasp.secret (digest, key_id, version, last_four) "
            "VALUES ('\\x%s', '%s', 2, '%s')"
            % (keys.digest(text), key.id, text[-4:]))
    for given, version in ((key.text, "1"), (text, "2")):
        got = world.ask("Bearer " + given)
        assert (got.status, header(got, "X-Hasp-Secret-Version")) == (
            204, version)


# -- refused for what the key, the account and the place are ---------------


REFUSALS = [
    # key's columns, account's columns, parameters, status, code
    ({"revoked_at": "now()", "revoked_by": "'operator'",
      "revoked_why": "''"}, {}, {}, 401, "key_revoked"),
    ({"secret_revoked_at": "now()"}, {}, {}, 401, "secret_ended"),
    ({"secret_expires_at": "now() - interval '1 s'"}, {}, {}, 401,
     "secret_ended"),
    ({"disabled_at": "now()"}, {}, {}, 401, "key_disabled"),
    ({"not_before": "now() + interval '1 h'"}, {}, {}, 401,
     "key_not_yet_valid"),
    ({"secret_not_before": "now() + interval '1 h'"}, {}, {}, 401,
     "key_not_yet_valid"),
    ({"expires_at": "now() - interval '1 s'"}, {}, {}, 401, "key_expired"),
    ({"allowed_ranges": "'{192.0.3.0/24,2001:db8::/32}'"}, {}, {}, 403,
     "address_refused"),
    ({"allowed_ranges": "'{0.0.0.0/0}'"}, {}, {"REMOTE_ADDR": "unix:"}, 403,
     "address_refused"),
    ({}, {"status": "'suspended'"}, {}, 403, "account_suspended"),
    ({}, {"status": "'closed'"}, {}, 403, "account_closed"),
    ({}, {}, {"HASP_ENVIRONMENT": "test"}, 401, "wrong_environment"),
    ({"environment": "test"}, {}, {}, 401, "wrong_environment"),
    ({}, {}, {"HASP_REGION": "elsewhere"}, 401, "wrong_region"),
    ({}, {}, {"HASP_ENVIRONMENT": None}, 503, "site_misconfigured"),
    ({}, {}, {"HASP_ENVIRONMENT": ""}, 503, "site_misconfigured"),
    ({}, {}, {"HASP_REQUIRE": "adnim"}, 503, "site_misconfigured"),
    ({}, {}, {"HASP_DEMAND": "none"}, 503, "site_misconfigured"),
    ({}, {}, {"HASP_REQUIRE": "write"}, 403, "role_insufficient"),
    ({}, {}, {"HASP_DEMAND": "admin", "HASP_REQUIRE": "auto"}, 403,
     "role_insufficient"),
    ({}, {}, {"HASP_DEMAND": "auto", "HASP_REQUIRE": "admin"}, 403,
     "role_insufficient"),
    ({}, {}, {"REQUEST_METHOD": "POST"}, 403, "role_insufficient"),
    ({}, {}, {"REQUEST_METHOD": None}, 403, "role_insufficient"),
    ({}, {}, {"ORIGINAL_METHOD": "DELETE"}, 403, "role_insufficient"),
    ({}, {}, {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"}, 403,
     "method_override"),
    ({}, {}, {"HTTP_X_HTTP_METHOD": "GET"}, 403, "method_override"),
    ({}, {}, {"HTTP_X_METHOD_OVERRIDE": "x"}, 403, "method_override"),
    ({}, {}, {"REQUEST_URI": "/?a=b&_Method=DELETE"}, 403,
     "method_override"),
    ({}, {}, {"REQUEST_URI": "/a/../b", "HASP_STRICT_TARGET": "on"}, 403,
     "target_ambiguous"),
]


@pytest.mark.parametrize("columns,account,changes,status,name", REFUSALS)
def test_refused(world, columns, account, changes, status, name):
    owner = world.make_account(**account) if account else world.account
    key = world.key(owner, **columns)
    got = world.ask(bearer(key), **changes)
    assert (got.status, code(got)) == (status, name)
    retry = "1" if status == 503 else None
    assert header(got, "Retry-After") == retry


def test_wrong_account_in_basic(world):
    key = world.key()
    got = world.ask(basic(world.other, key.text))
    assert (got.status, code(got)) == (401, "account_mismatch")


def test_ended_plan(world):
    world.sql("INSERT INTO hasp.plan (code, name, active) "
              "VALUES ('ended', 'Ended', false) ON CONFLICT DO NOTHING")
    key = world.key(world.make_account(plan="'ended'"))
    got = world.ask(bearer(key))
    assert (got.status, code(got)) == (403, "plan_inactive")


def test_region_names_its_host_to_holders_only(world):
    world.sql("INSERT INTO hasp.region (code, name, api_host) VALUES "
              "('eu', 'Europe', 'api.eu.example:8443') "
              "ON CONFLICT DO NOTHING")
    key = world.key(world.make_account(region="'eu'"))
    got = world.ask(bearer(key), HASP_REGION="main")
    assert json.loads(got.body)["api_host"] == "api.eu.example:8443"
    assert world.ask(bearer(key), HASP_REGION="eu").status == 204
    assert world.ask(bearer(key), HASP_REGION="").status == 204
    stranger = world.ask("Bearer " + keys.make(), HASP_REGION="main")
    assert b"api.eu" not in stranger.body


def test_allowed_range(world):
    key = world.key(allowed_ranges="'{192.0.2.0/24,2001:db8::/32}'")
    for address in ("192.0.2.7", "2001:db8::1", "::ffff:192.0.2.9"):
        assert world.ask(bearer(key), REMOTE_ADDR=address).status == 204


def test_change_counts_at_once(world):
    """Without a cache what is committed is what the next check sees."""
    key = world.key()
    assert world.ask(bearer(key)).status == 204
    key.update("disabled_at = now()")
    assert code(world.ask(bearer(key))) == "key_disabled"
    key.update("disabled_at = NULL, role = 'admin'")
    assert world.ask(bearer(key), REQUEST_METHOD="DELETE").status == 204
    key.update(REVOKED)
    assert code(world.ask(bearer(key))) == "key_revoked"


@pytest.mark.parametrize("role,allowed", [
    ("read", {"GET", "HEAD"}),
    ("write", {"GET", "HEAD", "POST", "PATCH"}),
    ("admin", set(METHODS)),
])
def test_roles_and_methods(world, role, allowed):
    key = world.key(role="'%s'" % role)
    passed = {m for m in METHODS
              if world.ask(bearer(key), REQUEST_METHOD=m).status == 204}
    assert passed == allowed


def test_site_may_grant_methods(world):
    key = world.key(role="'write'")
    granted = {"HASP_READ_METHODS": "OPTIONS", "HASP_WRITE_METHODS": "PUT"}
    for method, status in (("PUT", 204), ("OPTIONS", 204), ("DELETE", 403)):
        got = world.ask(bearer(key), REQUEST_METHOD=method, **granted)
        assert got.status == status
    reader = world.key()
    assert world.ask(bearer(reader), REQUEST_METHOD="PUT",
                     **granted).status == 403


# -- settings are the server's word ----------------------------------------


SETTINGS = ("HASP_ACTION", "HASP_REFUSAL", "HASP_REQUIRE", "HASP_DEMAND",
            "HASP_REGION", "HASP_ENVIRONMENT", "HASP_READ_METHODS",
            "HASP_WRITE_METHODS", "HASP_STRICT_TARGET", "REQUEST_METHOD",
            "ORIGINAL_METHOD", "ORIGINAL_URI", "REMOTE_ADDR", "REMOTE_USER",
            "X_FORWARDED_METHOD", "X_HASP_ACCOUNT", "X_HASP_ROLE")


def test_client_headers_set_nothing(world):
    """A header arrives as HTTP_ and its name: none of them counts."""
    key = world.key()
    twins = {"HTTP_" + n: v for n in SETTINGS for v in ("admin",)}
    before = world.ask(bearer(key), HASP_REQUIRE="read")
    after = world.ask(bearer(key), HASP_REQUIRE="read", **twins)
    assert (before.status, before.headers) == (after.status, after.headers)
    refused = world.ask(bearer(key), HASP_REQUIRE="admin", **twins)
    assert refused.status == 403
    assert world.ask(**twins).status == 401


# -- malformed and misplaced credentials ------------------------------------


def test_every_mistake_has_its_name(world):
    rows = malformed(world.key().text)
    seen = {}
    for given, name in rows:
        got = ask_row(world, given)
        assert (got.status, code(got)) == (401, name), given
        seen[name] = json.loads(got.body)["detail"]
    assert len(seen) >= 25
    assert len(set(seen.values())) == len(seen), "sentences differ, too"
    assert len(rows) == len(seen)


def test_mistakes_do_not_tell_which_keys_exist(world):
    """The same mistake with a key that exists and one that does not."""
    real, invented = world.key().text, keys.make()
    for (given, name), (other, _) in zip(malformed(real),
                                         malformed(invented)):
        a, b = ask_row(world, given), ask_row(world, other)
        assert (a.status, a.headers, a.body) == (b.status, b.headers,
                                                 b.body), name


def test_unknown_key(world):
    got = world.ask("Bearer " + keys.make())
    assert (got.status, code(got)) == (401, "key_unknown")
    challenges = [v for n, v in got.headers if n == "WWW-Authenticate"]
    assert [c.split()[0] for c in challenges] == ["Basic", "Bearer"]


# -- the voices --------------------------------------------------------------


@pytest.mark.parametrize("changes,native,status,name", [
    ({}, 401, "401", "credential_missing"),
    ({"HASP_REQUIRE": "nonsense"}, 403, "503", "site_misconfigured"),
])
def test_folded(world, changes, native, status, name):
    got = world.ask(HASP_REFUSAL="fold", **changes)
    assert got.status == native
    assert got.body == b""
    assert header(got, "Hasp-Status") == status
    assert header(got, "Hasp-Code") == name
    assert header(got, "WWW-Authenticate") is None
    problem = json.loads(header(got, "Hasp-Problem"))
    assert (problem["code"], problem["status"]) == (name, int(status))
    assert problem["request_id"] == "0123abc"


def test_refused_to_an_authorizer(world):
    key = world.key()
    got = world.ask(bearer(key), role=AUTHORIZER, HASP_ACTION=None,
                    REQUEST_METHOD="POST")
    assert (got.status, code(got)) == (403, "role_insufficient")
    got = world.ask(role=AUTHORIZER, HASP_ACTION=None)
    assert (got.status, code(got)) == (401, "credential_missing")


def test_request_id_is_plain_or_absent(world):
    for given, shown in (("0123abc", "0123abc"), ("a b", None),
                         ("x" * 65, None), ('"}', None)):
        got = world.ask(REQUEST_ID=given)
        assert json.loads(got.body).get("request_id") == shown


# -- whoami, healthz, anything else ------------------------------------------


def test_whoami(world):
    for environment in ("live", "test"):
        key = world.key(environment=environment, role="'admin'",
                        name="'caf\u00e9 \"x\"'",
                        expires_at="'2100-01-02 03:04:05Z'")
        got = api(world, "/hasp/v1/whoami", bearer(key))
        assert got.status == 200
        assert header(got, "Content-Type") == "application/json"
        assert header(got, "Cache-Control") == "no-store"
        assert json.loads(got.body) == {
            "account": key.account, "key": key.id, "name": 'caf\u00e9 "x"',
            "kind": "access_token", "role": "admin",
            "environment": environment, "region": "main",
            "secret_version": 1, "app": None,
            "expires_at": "2100-01-02T03:04:05Z", "deprecation": None,
            "rate_limit": None, "daily_quota": None}
        assert key.text.encode() not in got.body


def test_whoami_refuses(world):
    got = api(world, "/hasp/v1/whoami")
    assert (got.status, code(got)) == (401, "credential_missing")
    key = world.key()
    key.update(REVOKED)
    got = api(world, "/hasp/v1/whoami", bearer(key))
    assert (got.status, code(got)) == (401, "key_revoked")
    got = api(world, "/hasp/v1/whoami", bearer(key), "DELETE")
    assert (got.status, code(got)) == (405, "method_not_allowed")
    assert header(got, "Allow") == "GET, HEAD"


def test_healthz(world):
    got = api(world, "/hasp/v1/healthz")
    assert (got.status, json.loads(got.body)) == (200, {"status": "ok"})
    assert api(world, "/hasp/v1/healthz", method="HEAD").body == b""


def test_nothing_else(world):
    for path in ("/", "/hasp/v1/", "/hasp/v1/whoami/", "(check)"):
        got = api(world, path, bearer(world.key()))
        assert (got.status, code(got)) == (404, "not_found")


def test_unknown_action_is_refused(world):
    got = world.ask(bearer(world.key()), HASP_ACTION="chekc")
    assert (got.status, code(got)) == (503, "site_misconfigured")
