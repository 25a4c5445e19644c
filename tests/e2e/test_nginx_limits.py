# SPDX-License-Identifier: ISC
"""Rate limits and deprecation as a client of nginx with the shipped files
meets them; the program and the database are the real ones."""

import json
import pathlib
import re
import threading
import time

import pytest

from nginx_server import Nginx, free_port
from wire import ask

LINK = "https://example.org/new-keys?a=b"
TEXT = """
server {
	listen @PORT@;
	set $hasp_legacy_deprecated 2026-03-01;
	set $hasp_legacy_sunset 2027-03-01T12:00:00+01:00;
	set $hasp_legacy_link """ + LINK + """;
	include @H@/hasp-server.conf;
	root @ROOT@/www;
	location / {
		include @H@/hasp-protect.conf;
		include @H@/hasp-client-headers.conf;
	}
	location /admin/ {
		include @H@/hasp-protect-admin.conf;
		include @H@/hasp-client-headers.conf;
		try_files $uri /page.html;
	}
	location /tried/ {
		include @H@/hasp-protect.conf;
		include @H@/hasp-client-headers.conf;
		try_files $uri $uri/ /page.html;
	}
	location /missing/ {
		include @H@/hasp-protect.conf;
		include @H@/hasp-client-headers.conf;
		error_page 404 /page.html;
	}
	location /handed/ {
		include @H@/hasp-protect.conf;
		include @H@/hasp-client-headers.conf;
		fastcgi_pass unix:@ROOT@/no.sock;
		error_page 502 /page.html;
	}
	location /post/ {
		include @H@/hasp-protect.conf;
		include @H@/hasp-client-headers.conf;
		try_files /nothing @posted;
	}
	location @posted {
		include @H@/hasp-client-headers.conf;
		return 200 "posted";
	}
}
server {
	listen @OTHER@;
	include @H@/hasp-server.conf;
	root @ROOT@/www;
	add_header X-Own kept always;
	location / { include @H@/hasp-protect.conf; }
	location /wrong/ {
		set $hasp_legacy_sunset soon;
		include @H@/hasp-protect.conf;
	}
	location /own/ {
		set $hasp_legacy_deprecated 2025-12-31;
		include @H@/hasp-protect.conf;
		include @H@/hasp-client-headers.conf;
		try_files /page.html =404;
	}
}
"""

TOLD = ("Deprecation", "Sunset", "Link", "RateLimit", "RateLimit-Policy")
SITE = {"Deprecation": "@1772323200",
        "Sunset": "Mon, 01 Mar 2027 11:00:00 GMT",
        "Link": '<%s>; rel="deprecation"' % LINK}


class Limits:
    """nginx in front of the stack's auth-check, and keys to change."""

    def __init__(self, stack, folder):
        self.stack = stack
        self.other = free_port()
        self.nginx = Nginx(folder / "n", TEXT.replace(
            "@OTHER@", "127.0.0.1:%d" % self.other), stack.auth.socket)
        www = pathlib.Path(self.nginx.root) / "www"
        (www / "folder").mkdir(parents=True)
        (www / "index.html").write_text("index")
        (www / "folder" / "index.html").write_text("index")
        (www / "page.html").write_text("page")

    def sql(self, text):
        return self.stack.cluster.psql("hasp", text)

    def alter(self, text):
        self.stack.cluster.change("hasp", text)

    def key(self, role="read", **columns):
        """A new key's text and id; COLUMNS are set in the database."""
        before = set(self.sql("SELECT id FROM hasp.key").split())
        text = self.stack.key(role)
        key_id, = set(self.sql("SELECT id FROM hasp.key").split()) - before
        if columns:
            self.change(key_id, **columns)
        return text, key_id

    def change(self, key_id, **columns):
        self.alter("UPDATE hasp.key SET %s WHERE id = '%s'" % (", ".join(
            "%s = %s" % pair for pair in columns.items()), key_id))

    def get(self, key, path="/page.html", method="GET", more=(), port=0):
        return ask(port or self.nginx.port, method, path,
                   [("Authorization", "Bearer " + key), *more])


@pytest.fixture(scope="module", name="limits")
def make_limits(stack, folder):
    made = Limits(stack, folder)
    with made.nginx:
        yield made


@pytest.fixture(name="account")
def change_account(limits):
    """A function that sets columns of the account, for one test."""
    def change(**columns):
        limits.alter("UPDATE hasp.account SET %s WHERE id = %s" % (", ".join(
            "%s = %s" % pair for pair in columns.items()),
            limits.stack.account))
    yield change
    change(legacy_deprecated_at="NULL", legacy_sunset_at="NULL",
           legacy_link="NULL", legacy_policy="'warn'")


@pytest.fixture(name="plan")
def change_plan(limits):
    def change(rate, burst, quota="NULL"):
        limits.alter("UPDATE hasp.plan SET rate_per_second = %s, rate_burst = "
                   "%s, daily_quota = %s" % (rate, burst, quota))
    yield change
    change("NULL", "NULL")


def told(reply):
    return {name: reply.one(name) for name in TOLD
            if reply.one(name) is not None}


# -- deprecation -----------------------------------------------------------

def test_only_keys_of_old_are_deprecated(limits):
    key, key_id = limits.key()
    assert told(limits.get(key)) == {}
    limits.change(key_id, kind="'api_key'")
    for method in ("GET", "HEAD"):
        reply = limits.get(key, method=method)
        assert (reply.status, told(reply)) == (200, SITE)
    # Redirects within say it once.
    for path in ("/", "/folder/", "/tried/x", "/missing/x", "/handed/x"):
        assert told(limits.get(key, path)) == SITE, path


def test_refusals_say_it(limits):
    key, key_id = limits.key(kind="'api_key'")
    reply = limits.get(key, "/admin/x")
    assert (reply.status, told(reply)) == (403, SITE)
    limits.alter("UPDATE hasp.key SET disabled_at = now() WHERE id = '%s'"
               % key_id)
    reply = limits.get(key)
    assert (reply.status, told(reply)) == (401, SITE)
    assert told(limits.get("x")) == {}


def test_the_account_s_dates_win(limits, account):
    key, _ = limits.key(kind="'api_key'")
    account(legacy_deprecated_at="'2030-01-01 00:00:00+00'")
    assert told(limits.get(key)) == {"Deprecation": "@1893456000",
                                     "Link": SITE["Link"]}
    account(legacy_sunset_at="'2031-01-01 00:00:00.9+00'",
            legacy_link="'https://other.example/'")
    assert told(limits.get(key)) == {
        "Deprecation": "@1893456000",
        "Sunset": "Wed, 01 Jan 2031 00:00:00 GMT",
        "Link": '<https://other.example/>; rel="deprecation"'}


def test_a_policy_does_not_touch_old_keys(limits, account):
    key, _ = limits.key(kind="'api_key'")
    account(legacy_deprecated_at="'2001-01-01 00:00:00+00'",
            legacy_sunset_at="'2002-01-01 00:00:00+00'",
            legacy_policy="'refuse'")
    assert limits.get(key).status == 200


def test_a_date_that_is_none_refuses(limits):
    reply = limits.get(limits.stack.keys["read"], "/wrong/x",
                       port=limits.other)
    assert reply.status == 503
    assert json.loads(reply.body)["code"] == "site_misconfigured"


def test_a_location_s_own_date_and_what_it_costs(limits):
    """Below the include of the server a location may differ; the headers of
    the server are gone where it adds its own, as everywhere in nginx."""
    key, _ = limits.key(kind="'api_key'")
    reply = limits.get(key, port=limits.other)
    assert (reply.status, told(reply)) == (200, {})
    assert reply.one("X-Own") == "kept"
    reply = limits.get(key, "/own/x", port=limits.other)
    assert told(reply) == {"Deprecation": "@1767139200"}
    assert reply.one("X-Own") is None


def test_whoami_says_it(limits):
    key, _ = limits.key(kind="'api_key'", rate_per_second=1, rate_burst=9)
    reply = limits.get(key, "/hasp/v1/whoami")
    said = json.loads(reply.body)
    assert said["kind"] == "api_key"
    assert said["deprecation"] == {
        "deprecated_at": "2026-03-01T00:00:00Z",
        "sunset_at": "2027-03-01T11:00:00Z", "link": LINK}
    assert said["rate_limit"] == {"per_second": 1, "burst": 9, "left": 8}
    assert told(reply) == {**SITE, "RateLimit": '"key";r=8;t=1',
                           "RateLimit-Policy": '"key";q=9;w=9'}
    said = json.loads(limits.get(limits.stack.keys["read"],
                                 "/hasp/v1/whoami").body)
    assert (said["kind"], said["deprecation"], said["rate_limit"]) == (
        "access_token", None, None)


# -- rates -----------------------------------------------------------------

def slow(burst):
    """A request each 1000 s cannot be had: one a second is the least."""
    return {"rate_per_second": 1, "rate_burst": burst}


def count(limits, key, tries, path="/page.html", **more):
    """How many of TRIES get in, and the seconds that it took."""
    start = time.monotonic()
    good = sum(limits.get(key, path, **more).status == 200
               for _ in range(tries))
    return good, time.monotonic() - start


def exact(good, burst, seconds, rate=1):
    return burst <= good <= burst + rate * seconds + 1


def until_refused(limits, key, path="/page.html"):
    for _ in range(200):
        reply = limits.get(key, path)
        if reply.status != 200:
            return reply
    raise AssertionError("nothing was refused")


def test_too_many(limits):
    key, _ = limits.key(**slow(3))
    first = limits.get(key)
    assert first.status == 200
    assert told(first) == {"RateLimit": '"key";r=2;t=1',
                           "RateLimit-Policy": '"key";q=3;w=3'}
    reply = until_refused(limits, key)
    assert reply.status == 429
    assert reply.one("Content-Type") == "application/problem+json"
    assert reply.one("Cache-Control") == "no-store"
    problem = json.loads(reply.body)
    assert (problem["status"], problem["code"]) == (429, "rate_limited")
    assert reply.one("Retry-After") == "1"
    assert re.fullmatch('"key";r=0;t=[123]', reply.one("RateLimit"))
    assert reply.one("RateLimit-Policy") == '"key";q=3;w=3'
    time.sleep(int(reply.one("Retry-After")))
    assert limits.get(key).status == 200


def test_whoami_is_limited_too(limits):
    key, _ = limits.key(**slow(2))
    reply = until_refused(limits, key, "/hasp/v1/whoami")
    assert reply.status == 429
    assert json.loads(reply.body)["code"] == "rate_limited"
    assert reply.one("Retry-After") == "1"
    assert reply.one("RateLimit-Policy") == '"key";q=2;w=2'


@pytest.mark.parametrize("path", ["/", "/folder/", "/tried/x", "/missing/x",
                                  "/tried/folder/", "/handed/x"])
def test_a_request_is_charged_once(limits, path):
    key, _ = limits.key(**slow(20))
    good, seconds = 0, time.monotonic()
    while limits.get(key, path).status not in (403, 429):
        good += 1
    seconds = time.monotonic() - seconds
    assert exact(good, 20, seconds)


def test_the_client_s_own_id_does_not_count(limits):
    key, _ = limits.key(**slow(10))
    good, seconds = count(limits, key, 40, more=[
        ("X-Request-Id", "same"), ("Request-Id", "same"),
        ("REQUEST_ID", "same")])
    assert exact(good, 10, seconds)


def test_every_method_is_charged(limits):
    key, _ = limits.key("write", **slow(4))
    for left, method in zip((3, 2, 1, 0), ("HEAD", "POST", "GET", "PATCH")):
        reply = limits.get(key, "/post/x", method=method)
        assert reply.status == 200
        assert reply.one("RateLimit").startswith('"key";r=%d;' % left)
    assert limits.get(key, "/post/x", method="HEAD").status == 429


def test_refusals_are_not_charged(limits):
    key, _ = limits.key(**slow(5))
    for _ in range(30):
        assert limits.get(key, "/admin/x").status == 403
    good, seconds = count(limits, key, 20)
    assert exact(good, 5, seconds)


def test_the_plan_s_rate(limits, plan):
    key, key_id = limits.key()
    plan(1, 4)
    good, seconds = count(limits, key, 20)
    assert exact(good, 4, seconds)
    # The key's own wins, and counts at once: what was taken stays taken.
    limits.change(key_id, **slow(8))
    good, more = count(limits, key, 20)
    assert exact(good, 4, more + seconds)
    plan("NULL", "NULL")
    limits.change(key_id, rate_per_second="NULL", rate_burst="NULL")
    assert count(limits, key, 20)[0] == 20
    assert told(limits.get(key)) == {}


def test_keys_have_limits_of_their_own(limits):
    one, other = (limits.key(**slow(5))[0] for _ in range(2))
    until_refused(limits, one)
    good, seconds = count(limits, other, 20)
    assert exact(good, 5, seconds)


def test_a_crowd_gets_the_burst(limits):
    key, _ = limits.key(**slow(50))
    good, lock = [], threading.Lock()

    def come():
        mine, _ = count(limits, key, 40)
        with lock:
            good.append(mine)
    threads = [threading.Thread(target=come) for _ in range(8)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert exact(sum(good), 50, time.monotonic() - start)


# -- quotas ----------------------------------------------------------------

def midnight():
    """Seconds until the next day begins, in UTC."""
    return 86400 - time.time() % 86400


@pytest.fixture(name="quota")
def make_quota(limits):
    """A function that makes a key with a quota; midnight does not come."""
    if midnight() < 60:
        time.sleep(midnight() + 1)
    return lambda number, **more: limits.key(daily_quota=number, **more)


def test_the_day_s_quota(limits, quota):
    key, key_id = quota(3)
    for left in (2, 1, 0):
        reply = limits.get(key)
        assert reply.status == 200
        assert re.fullmatch('"day";r=%d;t=[0-9]+' % left,
                            reply.one("RateLimit"))
        assert reply.one("RateLimit-Policy") == '"day";q=3;w=86400'
        assert reply.one("Retry-After") is None
    for path in ("/page.html", "/hasp/v1/whoami"):
        reply = limits.get(key, path)
        assert reply.status == 429
        assert reply.one("Content-Type") == "application/problem+json"
        assert reply.one("Cache-Control") == "no-store"
        problem = json.loads(reply.body)
        assert (problem["status"], problem["code"]) == (429, "quota_exceeded")
        assert problem["type"].endswith("#quota_exceeded")
        assert abs(int(reply.one("Retry-After")) - midnight()) < 5
        assert re.fullmatch('"day";r=0;t=[0-9]+', reply.one("RateLimit"))
        assert reply.one("RateLimit-Policy") == '"day";q=3;w=86400'
        assert reply.one("Hasp-RateLimit") is None
    limits.change(key_id, daily_quota=5)
    assert limits.get(key).one("RateLimit").startswith('"day";r=1;')
    limits.change(key_id, daily_quota="NULL")
    assert told(limits.get(key)) == {}


def test_both_limits_are_told(limits, quota):
    key, _ = quota(9, rate_per_second=1, rate_burst=4)
    reply = limits.get(key)
    assert re.fullmatch('"key";r=3;t=1, "day";r=8;t=[0-9]+',
                        reply.one("RateLimit"))
    assert reply.one("RateLimit-Policy") == (
        '"key";q=4;w=4, "day";q=9;w=86400')
    reply = until_refused(limits, key)
    assert json.loads(reply.body)["code"] in ("rate_limited",
                                              "quota_exceeded")


@pytest.mark.parametrize("path", ["/", "/folder/", "/tried/x", "/missing/x",
                                  "/tried/folder/", "/handed/x"])
def test_a_request_is_charged_to_the_day_once(limits, quota, path):
    key, _ = quota(5)
    for _ in range(5):
        assert limits.get(key, path).status not in (403, 429)
    assert limits.get(key, path).status == 429


def test_the_plan_s_quota(limits, quota, plan):
    own, _ = quota(2)
    key, _ = limits.key()
    plan("NULL", "NULL", 4)
    assert count(limits, key, 10)[0] == 4
    assert count(limits, own, 10)[0] == 2
    plan("NULL", "NULL")
    assert count(limits, key, 10)[0] == 10


# -- first and last use ----------------------------------------------------

def test_a_first_use_begins_the_overlap(limits):
    old, key_id = limits.key()
    new = limits.stack.ctl("--quiet", "key", "rotate", key_id).strip()
    limits.alter("UPDATE hasp.secret SET expires_at = NULL, overlap_seconds = "
               "CASE WHEN version = 2 THEN 0 END WHERE key_id = '%s'"
               % key_id)
    assert limits.get(old).status == 200
    # A use that is refused is none.
    assert limits.get(new, "/admin/x").status == 403
    assert limits.get(old).status == 200
    assert limits.get(new).status == 200
    # The use began it and waited for nobody.
    limits.stack.cluster.settle("hasp")
    reply = limits.get(old)
    assert reply.status == 401
    assert json.loads(reply.body)["code"] == "secret_ended"
    assert limits.get(new).status == 200


def test_in_doubt_a_first_use_is_refused(limits):
    _, key_id = limits.key()
    new = limits.stack.ctl("--quiet", "key", "rotate", key_id).strip()
    limits.alter("UPDATE hasp.secret SET overlap_seconds = 0 WHERE version = 2 "
               "AND key_id = '%s'" % key_id)
    limits.sql("REVOKE EXECUTE ON FUNCTION hasp.begin_overlap FROM hasp_auth")
    try:
        assert limits.get(new).status == 503
    finally:
        limits.sql("GRANT EXECUTE ON FUNCTION hasp.begin_overlap TO "
                   "hasp_auth")
    assert limits.get(new).status == 200


def noted(limits, key_id):
    return limits.sql("SELECT version, last_used_from, last_used_at > now() - "
                      "interval '1 min', first_used_at <= last_used_at FROM "
                      "hasp.secret_use WHERE key_id = '%s'" % key_id)


def test_the_last_use_is_noted(limits):
    key, key_id = limits.key()
    assert limits.get(key, "/admin/x").status == 403
    used, used_id = limits.key()
    assert limits.get(used).status == 200
    assert limits.stack.cluster.wait_for(lambda: noted(limits, used_id))
    assert noted(limits, used_id) == "1|127.0.0.1|t|t"
    assert noted(limits, key_id) == ""


def test_a_program_that_ends_notes_what_it_knows(limits):
    key, key_id = limits.key()
    assert limits.get(key).status == 200
    limits.stack.auth.kill(15)
    assert noted(limits, key_id) == "1|127.0.0.1|t|t"
