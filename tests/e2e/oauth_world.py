# SPDX-License-Identifier: ISC
"""oauth_world: the program apps as publishers' programs meet it: apps and
connections that are put straight into the database, and forms."""

import base64
import re
import urllib.parse
import uuid

import keys
import manage_world
from auth_world import header
from fcgi_raw import BUILD

FORM = "application/x-www-form-urlencoded"
LONG_AGO = "now() - interval '1 day'"


def basic(user, password):
    """The Authorization header of RFC 6749 section 2.3.1."""
    return "Basic " + base64.b64encode(("%s:%s" % (
        urllib.parse.quote_plus(user), urllib.parse.quote_plus(password))
        ).encode()).decode()


class App:
    """An app with one secret; ACCOUNT: whose own it is, None: the
    operator's."""

    def __init__(self, world, account=None, name="An app"):
        self.world = world
        self.account = account
        self.guid = str(uuid.uuid4())
        world.sql("INSERT INTO hasp.app (guid, account, name, publisher, "
                  "created_by) VALUES ('%s', %s, '%s', 'A publisher', "
                  "'operator')" % (self.guid, account or "NULL", name))
        self.secret = self.add_secret(1)

    def add_secret(self, version, ends="NULL"):
        text = keys.make("app", "haspsec")
        self.world.sql(
            "INSERT INTO hasp.app_secret (digest, app, version, last_four, "
            "expires_at) VALUES ('\\x%s', '%s', %d, '%s', %s)" % (
                keys.digest(text), self.guid, version, text[-4:], ends))
        return text

    def connect(self, account=None, role="write", environment="live",
                ended=False):
        """A connection of ACCOUNT; its id."""
        return int(self.world.sql(
            "INSERT INTO hasp.connection (account, app, role, environment, "
            "granted_by, granted_at, revoked_at, revoked_by, revoked_why) "
            "VALUES (%d, '%s', '%s', '%s', 'operator', %s, %s) RETURNING id"
            % (account or self.world.account, self.guid, role, environment,
               LONG_AGO, "now(), 'operator', ''" if ended else
               "NULL, NULL, NULL")))

    def remove(self):
        self.world.change("UPDATE hasp.app SET removed_at = now(), "
                          "removed_by = 'operator' WHERE guid = '%s'"
                          % self.guid)

    # -- requests ----------------------------------------------------------

    def ask(self, path, secret=None, **form):
        """A request with this app's credentials by Basic."""
        more = {name: form.pop(name) for name in list(form)
                if name.isupper()}
        return self.world.form(path, form, authorization=basic(
            self.guid, secret or self.secret), **more)

    def token(self, **form):
        return self.ask("/oauth/token", grant_type="client_credentials",
                        **form)

    def fetch(self, **form):
        """A token's text."""
        answer = self.token(**form)
        assert answer.status == 200, answer.json
        return answer.json["access_token"]

    def introspect(self, token):
        answer = self.ask("/oauth/introspect", token=token)
        assert answer.status == 200, answer.json
        return answer.json

    def revoke(self, token, **more):
        return self.ask("/oauth/revoke", token=token, **more)

    def events(self, account=None):
        """(event, actor) of this app in that chain, oldest first."""
        rows = self.world.sql(
            "SELECT event || ' ' || actor FROM hasp.audit_event WHERE account "
            "= %d AND detail ->> 'app' = '%s' ORDER BY seq" % (
                account or 0, self.guid))
        return [tuple(line.split()) for line in rows.splitlines()]


class OauthWorld(manage_world.ManageWorld):
    """call() and form() ask apps for what is apps'."""

    OWNER = {**manage_world.ManageWorld.OWNER, "/apps": "apps",
             "/published-apps": "apps", "/connect-codes": "apps",
             "/oauth": "apps"}

    def __init__(self):
        super().__init__()
        self.options.setdefault("apps", {})

    def start(self):
        super().start()
        if "apps" not in self.programs:
            self.programs["apps"] = self.run(
                "apps", BUILD / "fcgi-apps" / "apps" / "apps")
        return self

    def form(self, path, form=None, authorization=None, raw=None,
             method="POST", **params):
        """FORM (a dict or pairs) or RAW bytes to PATH."""
        body = raw if raw is not None else urllib.parse.urlencode(
            form or {}).encode()
        params.setdefault("CONTENT_TYPE", FORM)
        params.setdefault("REMOTE_ADDR", self.place())
        return self.call(method, path, raw=body,
                         HTTP_AUTHORIZATION=authorization, **params)

    def check(self, token, **more):
        """The status of a check with TOKEN."""
        return self.ask("Bearer " + token, **more).status


ERRORS = {"client_missing": "invalid_client",
          "client_invalid": "invalid_client",
          "too_many_attempts": "invalid_client",
          "client_twice": "invalid_request",
          "oauth_invalid": "invalid_request",
          "query_invalid": "invalid_request",
          "cross_site": "invalid_request",
          "body_too_large": "invalid_request",
          "account_unnamed": "invalid_request",
          "grant_type_unsupported": "unsupported_grant_type",
          "scope_invalid": "invalid_scope",
          "connection_unknown": "invalid_grant",
          "connection_ended": "invalid_grant",
          "connection_suspended": "invalid_grant",
          "app_private": "unauthorized_client",
          "too_many_tokens": "temporarily_unavailable",
          "too_many_codes": "temporarily_unavailable",
          "revocation_pending": "temporarily_unavailable",
          "site_misconfigured": "temporarily_unavailable",
          "database_down": "temporarily_unavailable"}


def refused(answer, status, code):
    """ANSWER is that refusal, whole, as RFC 6749 section 5.2 has it."""
    got = (answer.json or {}).get("error_uri", "")
    assert (answer.status, got) == (status, "/hasp/errors#" + code), (
        answer.status, answer.json)
    assert answer.json["error"] == ERRORS[code]
    # Section 5.2: %x20-21 / %x23-5B / %x5D-7E.
    assert re.fullmatch(r"[ !#-\[\]-~]+", answer.json["error_description"])
    assert answer.json["request_id"]
    assert header(answer, "Content-Type") == "application/json"
    assert header(answer, "Cache-Control") == "no-store"
    assert header(answer, "Pragma") == "no-cache"
    challenge = header(answer, "WWW-Authenticate")
    assert (challenge is not None) == (status == 401)
    assert challenge is None or challenge.startswith('Basic realm="')
    wait = header(answer, "Retry-After")
    assert (wait is not None) == (status in (429, 503))
    assert wait is None or int(wait) >= 1
    return answer.json
