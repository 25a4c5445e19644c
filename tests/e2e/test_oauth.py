# SPDX-License-Identifier: ISC
"""Programs of publishers get, look at and end tokens (RFC 6749, 7662, 7009)
and make connect codes; what is wrong is refused, each thing by its name."""

import base64
import time
import urllib.parse
import uuid

import fence_world
import keys
import pytest
import oauth_world
from auth_world import header
from oauth_world import App, basic, refused

GRANT = {"grant_type": "client_credentials"}
ENDPOINTS = ["/oauth/token", "/oauth/introspect", "/oauth/revoke",
             "/connect-codes"]


@pytest.fixture(name="world", scope="module")
def make_world(oauth):
    return oauth


@pytest.fixture(name="verifier")
def make_verifiers(world):
    yield from fence_world.made(world.cluster.conninfo(
        "hasp", user="hasp_auth",
        passfile=world.folder / "pass" / "hasp_auth.pgpass"))


@pytest.fixture
def app(world):
    return App(world)


@pytest.fixture
def connected(world, app):
    app.connection = app.connect()
    return app


# -- tokens ----------------------------------------------------------------

def test_a_token_works_like_a_key(world, connected):
    before = time.time()
    answer = connected.token()
    assert answer.status == 200
    got = dict(answer.json)
    text = got.pop("access_token")
    assert got == {"token_type": "Bearer", "expires_in": 3600,
                   "scope": "write", "account": world.account}
    assert text.startswith("haspapp_live_")
    assert header(answer, "Pragma") == "no-cache"
    assert world.check(text) == 204
    assert world.check(text, HASP_ENVIRONMENT="test") == 401
    assert world.check(text, REQUEST_METHOD="DELETE") == 403
    told = connected.introspect(text)
    assert before + 3590 < told.pop("exp") < time.time() + 3610
    told.pop("jti")
    assert told == {"active": True, "scope": "write",
                    "client_id": connected.guid, "token_type": "Bearer",
                    "sub": "account:%d" % world.account,
                    "account": world.account, "environment": "live"}
    assert connected.events(world.account) == [
        ("token_created", "app:" + connected.guid)]


def test_a_scope_below_the_grant(world, connected):
    answer = connected.token(scope="read")
    assert answer.json["scope"] == "read"
    text = answer.json["access_token"]
    assert world.check(text) == 204
    assert world.check(text, REQUEST_METHOD="POST") == 403


def test_the_id_may_be_written_in_capitals(world, connected):
    answer = world.form("/oauth/token", GRANT, authorization=basic(
        connected.guid.upper(), connected.secret))
    assert answer.status == 200
    assert connected.events(world.account)[-1] == (
        "token_created", "app:" + connected.guid)


def test_credentials_in_the_body(world, connected):
    answer = world.form("/oauth/token", {
        **GRANT, "client_id": connected.guid,
        "client_secret": connected.secret})
    assert answer.status == 200
    assert world.check(answer.json["access_token"]) == 204


def test_credentials_that_are_encoded_needlessly(world, connected):
    """Basic has id and secret form-urlencoded: any byte may be an escape."""
    odd = "".join("%%%02x" % ord(c) for c in connected.secret)
    plain = "%s:%s" % (connected.guid, odd)
    answer = world.form("/oauth/token", GRANT, authorization="basic " +
                        base64.b64encode(plain.encode()).decode())
    assert answer.status == 200


def test_other_parameters_are_ignored(world, connected):
    """RFC 6749 section 3.2; also those without a value."""
    answer = world.form(
        "/oauth/token", raw=b"grant_type=client_credentials&resource=a&"
        b"resource=b&scope=&account=&x", authorization=basic(
            connected.guid, connected.secret))
    assert answer.status == 200 and answer.json["scope"] == "write"


def test_the_lifetime_is_the_operators(world, connected):
    with world.configured("apps", token_seconds=60):
        answer = connected.token()
        assert answer.json["expires_in"] == 60
    text = answer.json["access_token"]
    assert world.check(text) == 204
    ends = world.sql(
        "SELECT extract(epoch FROM k.expires_at - k.created_at)::integer || "
        "' ' || (k.expires_at = s.expires_at) FROM hasp.key k JOIN "
        "hasp.secret s ON s.key_id = k.id WHERE s.digest = '\\x%s'"
        % keys.digest(text)).split()
    assert 55 <= int(ends[0]) <= 65 and ends[1] == "true"


def test_an_expired_token(world, connected):
    text = connected.fetch()
    world.change("UPDATE hasp.key SET expires_at = now() - interval '1 s' "
                 "WHERE id IN (SELECT key_id FROM hasp.secret WHERE digest = "
                 "'\\x%s')" % keys.digest(text))
    assert world.check(text) == 401
    assert connected.introspect(text) == {"active": False}
    assert connected.revoke(text).status == 200


def test_which_account(world, app):
    refused(app.token(), 400, "connection_unknown")
    app.connect(world.other, role="read")
    assert app.token().json["account"] == world.other
    app.connect(world.account, role="admin")
    refused(app.token(), 400, "account_unnamed")
    answer = app.token(account=world.account)
    assert (answer.json["account"], answer.json["scope"]) == (
        world.account, "admin")
    answer = app.token(account=world.other)
    assert (answer.json["account"], answer.json["scope"]) == (
        world.other, "read")
    assert world.check(answer.json["access_token"]) == 204


def test_accounts_that_are_not_connected_are_all_alike(world, app):
    """A foreign account and one that there is not: nothing tells them
    apart."""
    told = [refused(app.token(account=account), 400, "connection_unknown")
            for account in (world.other, 999999999, 2**63 - 1)]
    for one in told:
        one.pop("request_id")
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("account", ["0", "-1", "+1", "1.0", "01", "x", " 1",
                                     "1 ", "9223372036854775808", "\u0661"])
def test_what_is_no_account(connected, account):
    refused(connected.token(account=account), 400, "oauth_invalid")
    refused(connected.ask("/connect-codes", account=account, role="read"),
            400, "oauth_invalid")


@pytest.mark.parametrize("scope", ["admin", "none", "Write", "read write",
                                   "read,write", " read", "openid", "\u00e9"])
def test_a_scope_that_is_not_granted(connected, scope):
    refused(connected.token(scope=scope), 400, "scope_invalid")


@pytest.mark.parametrize("grant, code", [
    (None, "oauth_invalid"), ("", "oauth_invalid"),
    ("password", "grant_type_unsupported"),
    ("authorization_code", "grant_type_unsupported"),
    ("refresh_token", "grant_type_unsupported"),
    ("Client_Credentials", "grant_type_unsupported"),
    ("client_credentials ", "grant_type_unsupported")])
def test_another_grant(connected, grant, code):
    form = {} if grant is None else {"grant_type": grant}
    refused(connected.ask("/oauth/token", **form), 400, code)


def test_a_connection_that_was_revoked(world, app):
    connection = app.connect()
    texts = [app.fetch(), app.fetch(scope="read")]
    world.change("UPDATE hasp.connection SET revoked_at = now(), revoked_by = "
                 "'operator', revoked_why = '' WHERE id = %d" % connection)
    for text in texts:
        assert world.check(text) == 401
        assert app.introspect(text) == {"active": False}
    refused(app.token(account=world.account), 400, "connection_ended")
    refused(app.token(), 400, "connection_unknown")
    app.connect(role="read")
    assert app.token().json["scope"] == "read"
    # The old ones stay as they are.
    assert world.check(texts[1]) == 401


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_an_account_that_is_not_live(world, app, status):
    account = world.make_account()
    app.connect(account)
    text = app.fetch()
    world.change("UPDATE hasp.account SET status = '%s' WHERE id = %d"
                 % (status, account))
    refused(app.token(), 400, "connection_suspended")
    refused(app.token(account=account), 400, "connection_suspended")
    assert app.introspect(text) == {"active": False}
    assert world.check(text) == 403


def test_a_plan_that_has_ended(world, app):
    world.sql("INSERT INTO hasp.plan (code, name) VALUES ('ended', 'Ended') "
              "ON CONFLICT DO NOTHING")
    account = world.make_account(plan="'ended'")
    app.connect(account)
    text = app.fetch()
    world.change("UPDATE hasp.plan SET active = false WHERE code = 'ended'")
    refused(app.token(), 400, "connection_suspended")
    assert app.introspect(text) == {"active": False}


def test_an_app_that_was_removed(world, connected):
    text = connected.fetch()
    connected.remove()
    assert world.check(text) == 401
    for path in ENDPOINTS:
        refused(connected.ask(path, token=text), 401, "client_invalid")
    # Its tokens are nobody's to look at.
    assert App(world).introspect(text) == {"active": False}


def test_a_secret_that_was_rotated(world, connected):
    old = connected.secret
    connected.secret = connected.add_secret(2)
    assert connected.token().status == 200
    assert connected.ask("/oauth/token", secret=old, **GRANT).status == 200
    world.sql("UPDATE hasp.app_secret SET expires_at = now() WHERE version = 1"
              " AND app = '%s'" % connected.guid)
    refused(connected.ask("/oauth/token", secret=old, **GRANT), 401,
            "client_invalid")
    assert connected.token().status == 200


def test_an_environment_that_is_not_served_any_more(app):
    app.connect(environment="mars")
    refused(app.token(), 503, "site_misconfigured")


# -- who asks ----------------------------------------------------------------

@pytest.mark.parametrize("path", ENDPOINTS)
def test_nobody_asks(world, path):
    refused(world.form(path, GRANT), 401, "client_missing")


@pytest.mark.parametrize("value", [
    "", "Basic", "Basic ", "Basic !!", "Basic eDp5eg", "Basic eA==",
    "Bearer abc", "Digest x", "Basic OnNlY3JldA==", "Basic aWQ6",
    "Basic " + "QUFB" * 400])
def test_what_is_no_basic(world, value):
    answer = world.form("/oauth/token", GRANT, authorization=value)
    assert answer.status == 401 and header(answer, "WWW-Authenticate")
    assert answer.json["error"] == "invalid_client"


def test_two_ways_at_once(world, connected):
    both = {"client_id": connected.guid, "client_secret": connected.secret}
    way = basic(connected.guid, connected.secret)
    refused(world.form("/oauth/token", {**GRANT, **both}, way), 400,
            "client_twice")
    refused(world.form("/oauth/token", {**GRANT, "client_id": App(
        world).guid}, way), 400, "client_twice")
    # Naming itself once more, without the secret, is no second way.
    assert world.form("/oauth/token", {**GRANT, "client_id": connected.guid},
                      way).status == 200
    refused(world.form("/oauth/token", [
        *GRANT.items(), *both.items(), ("client_id", connected.guid)]), 400,
        "client_twice")
    refused(world.form("/oauth/token", [
        *GRANT.items(), *both.items(), ("client_secret", "x")]), 400,
        "client_twice")


def test_wrong_and_unknown_are_alike(world, connected):
    other = App(world)
    wrong = keys.make("app", "haspsec")
    told = [refused(world.form("/oauth/token", GRANT, basic(user, secret)),
                    401, "client_invalid")
            for user, secret in (
                (connected.guid, wrong), (connected.guid, other.secret),
                (str(uuid.uuid4()), wrong), (str(uuid.uuid4()), other.secret),
                (connected.guid, "x"), ("x", wrong), ("' OR 1=1", "' --"),
                (connected.guid, connected.secret[:-1]),
                (connected.guid, connected.secret + "0"),
                ("{%s}" % connected.guid, connected.secret),
                (connected.guid.replace("-", ""), connected.secret))]
    for one in told:
        one.pop("request_id")
    assert all(one == told[0] for one in told)


def test_failures_are_in_the_log_of_whose_app_it_is(world):
    own = App(world, world.account)
    operators = App(world)
    for app, account in ((own, world.account), (operators, None)):
        refused(app.ask("/oauth/token", secret="x", **GRANT), 401,
                "client_invalid")
        assert app.events(account) == [("client_refused", "nobody")]


def test_wrong_secrets_are_slowed_and_right_ones_never(world, connected):
    statuses = [connected.ask("/oauth/token", secret="x", **GRANT)
                for _ in range(8)]
    assert [a.status for a in statuses] == [401] * 5 + [429] * 3
    waits = [int(header(a, "Retry-After")) for a in statuses[5:]]
    assert all(1 <= wait <= 60 for wait in waits)
    refused(statuses[-1], 429, "too_many_attempts")
    # Only what was looked at is in the log.
    assert connected.events() == [("client_refused", "nobody")] * 5
    # Nobody can keep it out; and that it is in slows nobody less.
    assert connected.token().status == 200
    refused(connected.ask("/oauth/token", secret="x", **GRANT), 429,
            "too_many_attempts")
    assert connected.token().status == 200


def test_unknown_apps_are_slowed_as_well(world):
    guid = str(uuid.uuid4())
    statuses = [world.form("/oauth/token", GRANT, basic(guid, "x")).status
                for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


def test_a_place_is_slowed_for_all_apps(world, connected):
    place = world.place()
    statuses = [world.form("/oauth/token", GRANT, basic(
        str(uuid.uuid4()), "x"), REMOTE_ADDR=place).status
        for _ in range(22)]
    assert statuses == [401] * 20 + [429] * 2
    # What is right is let in from there, too; people sign in as before.
    assert connected.token(REMOTE_ADDR=place).status == 200
    member = world.make_member()
    assert member.try_sign_in(place=place).status == 200


# -- the request -------------------------------------------------------------

@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH",
                                    "OPTIONS"])
def test_other_methods(world, connected, path, method):
    answer = world.form(path, raw=b"", method=method, authorization=basic(
        connected.guid, connected.secret))
    assert answer.status == 405 and header(answer, "Allow") == "POST"


@pytest.mark.parametrize("kind", [
    "application/json", "text/plain", "", "multipart/form-data; boundary=x",
    oauth_world.FORM + "; charset=iso-8859-1", oauth_world.FORM + "x"])
def test_another_type_of_body(connected, kind):
    refused(connected.token(CONTENT_TYPE=kind), 400, "oauth_invalid")


def test_its_type_with_a_charset(connected):
    answer = connected.token(CONTENT_TYPE=oauth_world.FORM +
                             ";charset=UTF-8")
    assert answer.status == 200


@pytest.mark.parametrize("extra", [
    b"&grant_type=client_credentials", b"&scope=read&scope=read",
    b"&account=&account=1", b"&%73cope=read&scope=read", b"&scope=%zz",
    b"&x=%", b"&x=%00", b"&x=\0", b"&x=%C0%80", b"&%C0%AF", b"&x=%ED%A0%80",
    b"&x=\xff", b"&x=%C3", b"&x=1" * 300])
def test_a_body_that_is_refused_whole(world, connected, extra):
    refused(world.form("/oauth/token", raw=b"grant_type=client_credentials" +
                       extra, authorization=basic(
                           connected.guid, connected.secret)), 400,
            "oauth_invalid")


def test_a_body_that_is_too_large(world, connected):
    way = basic(connected.guid, connected.secret)
    body = b"grant_type=client_credentials&x="
    assert world.form("/oauth/token", raw=body + b"a" * (65536 - len(body)),
                      authorization=way).status == 200
    refused(world.form("/oauth/token", raw=body + b"a" * 65536,
                       authorization=way), 413, "body_too_large")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_nothing_is_taken_from_the_address(world, connected, path):
    for query in ("?x=1", "?client_secret=" + connected.secret,
                  "?grant_type=client_credentials"):
        refused(connected.ask(path + query, **GRANT), 400, "query_invalid")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_pages_of_other_sites(connected, path):
    for sent in ({"HTTP_SEC_FETCH_SITE": "cross-site"},
                 {"HTTP_ORIGIN": "https://evil.example"},
                 {"HTTP_ORIGIN": "null"}):
        refused(connected.ask(path, **GRANT, **sent), 403, "cross_site")


def test_an_error_says_which_parameter(connected):
    told = refused(connected.token(account="x"), 400, "oauth_invalid")
    assert "parameter account" in told["error_description"]
    told = refused(connected.ask("/oauth/introspect"), 400, "oauth_invalid")
    assert "parameter token" in told["error_description"]


# -- tokens of others --------------------------------------------------------

def test_an_app_learns_nothing_of_what_is_not_its_own(world, connected):
    other = App(world)
    other.connect(world.other)
    foreign = other.fetch()
    key = world.key()
    for text in (foreign, key.text, keys.make(prefix="haspapp"), "x",
                 foreign[:-1], connected.secret, "\u00e9" * 100, "x" * 9000):
        assert connected.introspect(text) == {"active": False}
        answer = connected.revoke(text)
        assert (answer.status, answer.json) == (200, {})
    assert world.check(foreign) == 204
    assert world.check(key.text) == 204
    assert connected.events(world.account) == []


def test_a_token_made_by_hand_is_the_apps_too(world, connected):
    text = keys.make(prefix="haspapp")
    ident = keys.make_id()
    world.sql(
        "INSERT INTO hasp.key (id, account, name, kind, role, environment, "
        "app, connection, created_by) VALUES ('%s', %d, 'by hand', "
        "'app_token', 'read', 'live', '%s', %d, 'operator'); "
        "INSERT INTO hasp.secret (digest, key_id, version, last_four) "
        "VALUES ('\\x%s', '%s', 1, '%s')" % (
            ident, world.account, connected.guid, connected.connection,
            keys.digest(text), ident, text[-4:]))
    told = connected.introspect(text)
    assert told["active"] and "exp" not in told and told["jti"] == ident
    assert connected.revoke(text).status == 200
    assert world.check(text) == 401


# -- ending tokens -----------------------------------------------------------

def test_a_revoked_token_is_refused_at_once(world, connected):
    text = connected.fetch()
    assert world.check(text) == 204
    answer = connected.revoke(text, token_type_hint="access_token")
    assert (answer.status, answer.json) == (200, {})
    assert world.check(text) == 401
    assert connected.introspect(text) == {"active": False}
    # Once more is no error, and nothing new in the log.
    assert connected.revoke(text).status == 200
    assert connected.events(world.account) == [
        ("token_created", "app:" + connected.guid),
        ("token_revoked", "app:" + connected.guid)]


def test_a_revocation_that_is_not_true_everywhere(world, connected, verifier):
    """RFC 7009 section 2.2.1: it may still work, and is to be asked again."""
    silent = verifier()
    text = connected.fetch()
    answer = connected.revoke(text)
    told = refused(answer, 503, "revocation_pending")
    assert told["error"] == "temporarily_unavailable"
    # When the lease of who is silent is over.
    assert 30 <= int(header(answer, "Retry-After")) <= 62
    assert world.check(text) == 401
    silent.follow()
    assert connected.revoke(text).status == 200
    assert connected.events(world.account)[1:] == [
        ("token_revoked", "app:" + connected.guid)]


# -- connect codes -----------------------------------------------------------

def test_a_connect_code(world, app):
    answer = app.ask("/connect-codes", account=world.account, role="write",
                     environment="test")
    assert answer.status == 201
    got = dict(answer.json)
    code = got.pop("code")
    got.pop("expires_at")
    assert got == {"expires_in": 900, "account": world.account,
                   "role": "write", "environment": "test"}
    assert code.startswith("haspcon_code_")
    row = world.sql(
        "SELECT account, app, role, environment, extract(epoch FROM "
        "expires_at - created_at)::integer, used_at IS NULL FROM "
        "hasp.connect_code WHERE digest = '\\x%s'" % keys.digest(code))
    assert row.strip().split("|") == [
        str(world.account), app.guid, "write", "test", "900", "t"]
    # The publisher's doing is nothing of the account's until it approves.
    assert app.events() == [("connect_code_made", "app:" + app.guid)]
    assert app.events(world.account) == []


def test_a_code_does_not_tell_which_accounts_there_are(world, app):
    told = []
    for account in (world.account, 999999999):
        answer = app.ask("/connect-codes", account=account, role="read")
        assert answer.status == 201
        assert answer.json["environment"] == "live"
        told.append(sorted(answer.json))
    assert told[0] == told[1]


@pytest.mark.parametrize("form", [
    {}, {"role": "read"}, {"account": "1"}, {"account": "1", "role": ""},
    {"account": "1", "role": "none"}, {"account": "1", "role": "READ"},
    {"account": "1", "role": "read", "environment": "mars"},
    {"account": "1", "role": "read", "environment": "LIVE"}])
def test_a_code_for_nothing(app, form):
    refused(app.ask("/connect-codes", **form), 400, "oauth_invalid")


def test_an_accounts_own_app_asks_that_account_alone(world):
    own = App(world, world.account)
    for account in (world.other, 999999999):
        refused(own.ask("/connect-codes", account=account, role="read"), 400,
                "app_private")
    assert own.ask("/connect-codes", account=world.account,
                   role="read").status == 201
    assert own.events(world.account) == [
        ("connect_code_made", "app:" + own.guid)]


def test_too_many_codes_wait(world, app):
    world.sql(
        "INSERT INTO hasp.connect_code (digest, app, account, role, "
        "environment, expires_at) SELECT sha256(('%s' || n)::bytea), '%s', 1, "
        "'read', 'live', now() + interval '10 minutes' FROM "
        "generate_series(1, 999) n" % (app.guid, app.guid))
    ask = {"account": world.account, "role": "read"}
    assert app.ask("/connect-codes", **ask).status == 201
    refused(app.ask("/connect-codes", **ask), 429, "too_many_codes")
    assert App(world).ask("/connect-codes", **ask).status == 201


def test_forms_are_the_same_however_they_are_encoded(world, connected):
    body = "&".join("%s=%s" % (
        "".join("%%%02X" % ord(c) for c in name), urllib.parse.quote(value))
        for name, value in {**GRANT, "scope": "read"}.items())
    answer = world.form("/oauth/token", raw=body.encode(),
                        authorization=basic(connected.guid, connected.secret))
    assert answer.json["scope"] == "read"
