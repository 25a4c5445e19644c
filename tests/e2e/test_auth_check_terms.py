# SPDX-License-Identifier: ISC
"""What auth-check says of a key's deprecation and rate limit in each of its
voices, and what the site may say."""

import json
import threading
import time

import pytest

from auth_world import api, bearer, code, header

AUTHORIZER = 2
LEGACY = {"HASP_LEGACY_DEPRECATED": "2026-03-01",
          "HASP_LEGACY_SUNSET": "2027-03-01",
          "HASP_LEGACY_LINK": "https://example.org/a",
          "HASP_LEGACY_POLICY": "refuse"}
VALUES = {"Deprecation": "@1772323200",
          "Sunset": "Mon, 01 Mar 2027 00:00:00 GMT",
          "Link": '<https://example.org/a>; rel="deprecation"'}
NAMES = (*VALUES, "RateLimit", "RateLimit-Policy")


def plain(name):
    return name


def folded(name):
    return "Hasp-" + name


def variable(name):
    return "Variable-HASP_" + name.upper().replace("-", "_")


def told(answer, form):
    """By their plain names; nothing is there in another form."""
    for other in {plain, folded, variable} - {form}:
        assert not [n for n in NAMES if header(answer, other(n))]
    return {n: header(answer, form(n)) for n in NAMES
            if header(answer, form(n)) is not None}


def make(world, rate=1, burst=2):
    return world.key(kind="'api_key'", rate_per_second=str(rate),
                     rate_burst=str(burst))


def test_allowed(world):
    key = make(world)
    for left, form, more in (
            (1, folded, {}),
            (0, variable, {"role": AUTHORIZER, "HASP_ACTION": None})):
        got = world.ask(bearer(key), REQUEST_ID=None, **LEGACY, **more)
        said = told(got, form)
        assert said.pop("RateLimit").startswith('"key";r=%d;t=' % left)
        assert said.pop("RateLimit-Policy") == '"key";q=2;w=2'
        assert said == VALUES


def test_too_many(world):
    for form, more in ((plain, {}), (folded, {"HASP_REFUSAL": "fold"}),
                       (plain, {"role": AUTHORIZER, "HASP_ACTION": None})):
        key = make(world, burst=1)
        world.ask(bearer(key), REQUEST_ID=None)
        got = world.ask(bearer(key), REQUEST_ID=None, **LEGACY, **more)
        assert header(got, "Retry-After") == "1"
        if form is folded:
            assert got.status == 403
            assert header(got, "Hasp-Status") == "429"
            assert header(got, "Hasp-Code") == "rate_limited"
        else:
            assert (got.status, code(got)) == (429, "rate_limited")
        assert told(got, form) == {
            **VALUES, "RateLimit": '"key";r=0;t=1',
            "RateLimit-Policy": '"key";q=1;w=1'}


def test_a_long_wait_is_told(world):
    """Not of one request: of a limit that shrank below what was taken."""
    key = make(world, burst=1000)
    for _ in range(20):
        got = world.ask(bearer(key), REQUEST_ID=None)
    assert header(got, "Hasp-RateLimit").startswith('"key";r=98')
    key.update("rate_burst = 3")
    got = world.ask(bearer(key), REQUEST_ID=None)
    assert (got.status, header(got, "Retry-After")) == (429, "1")
    assert header(got, "RateLimit-Policy") == '"key";q=3;w=3'


def test_one_request_is_charged_once(world):
    key = make(world, burst=1)
    first = world.ask(bearer(key), REQUEST_ID="once")
    assert first.status == 204
    for _ in range(5):
        assert world.ask(bearer(key), REQUEST_ID="once").status == 204
    # Headers of the client are no id, and one that is malformed is none.
    for more in ({"HTTP_REQUEST_ID": "once"}, {"HTTP_X_REQUEST_ID": "once"},
                 {"REQUEST_ID": "on ce"}):
        more = {"REQUEST_ID": None, **more}
        key = make(world, burst=1)
        assert world.ask(bearer(key), **more).status == 204
        assert world.ask(bearer(key), **more).status == 429


def test_the_same_id_with_another_key(world):
    one, other = make(world, burst=1), make(world, burst=1)
    for key in (one, other):
        assert world.ask(bearer(key), REQUEST_ID="shared").status == 204
    assert world.ask(bearer(one), REQUEST_ID="new").status == 429


def test_a_crowd_on_many_connections(world):
    key = make(world, burst=30)
    good, lock = [], threading.Lock()

    def come():
        mine = sum(world.ask(bearer(key), REQUEST_ID=None).status == 204
                   for _ in range(25))
        with lock:
            good.append(mine)
    threads = [threading.Thread(target=come) for _ in range(8)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 30 <= sum(good) <= 30 + (time.monotonic() - start) + 1


@pytest.mark.parametrize("changes", [
    {"HASP_LEGACY_DEPRECATED": "soon"},
    {"HASP_LEGACY_DEPRECATED": "2026-02-30"},
    {"HASP_LEGACY_DEPRECATED": "2026-03-01T25:00:00Z"},
    {"HASP_LEGACY_DEPRECATED": " 2026-03-01"},
    {"HASP_LEGACY_DEPRECATED": "1772323200"},
    {"HASP_LEGACY_SUNSET": "2026-02-28"}, {"HASP_LEGACY_SUNSET": "never"},
    {"HASP_LEGACY_DEPRECATED": ""},
    {"HASP_LEGACY_LINK": "example.org"}, {"HASP_LEGACY_LINK": "https://a>b"},
    {"HASP_LEGACY_LINK": "https://a\r\nX-Own: 1"},
    {"HASP_LEGACY_LINK": "https://" + "a" * 293},
    {"HASP_LEGACY_POLICY": "Refuse"}, {"HASP_LEGACY_POLICY": "no"}])
def test_what_the_site_must_not_say(world, changes):
    got = world.ask(bearer(world.key()), **{**LEGACY, **changes})
    assert (got.status, code(got)) == (503, "site_misconfigured")
    got = api(world, "/hasp/v1/whoami", bearer(world.key()),
              **{**LEGACY, **changes})
    assert (got.status, code(got)) == (503, "site_misconfigured")


def test_what_the_site_may_leave_out(world):
    key = world.key(kind="'api_key'")
    for changes, expected in (
            ({n: "" for n in LEGACY}, {}), ({n: None for n in LEGACY}, {}),
            ({"HASP_LEGACY_DEPRECATED": "", "HASP_LEGACY_SUNSET": ""}, {}),
            ({"HASP_LEGACY_SUNSET": "", "HASP_LEGACY_LINK": ""},
             {"Deprecation": VALUES["Deprecation"]}),
            ({"HASP_LEGACY_DEPRECATED": "2026-03-01T01:00:00+01:00"}, VALUES),
            # Announced ahead.
            ({"HASP_LEGACY_DEPRECATED": "2099-01-01",
              "HASP_LEGACY_SUNSET": ""},
             {"Deprecation": "@4070908800", "Link": VALUES["Link"]})):
        got = world.ask(bearer(key), **{**LEGACY, **changes})
        assert (got.status, told(got, folded)) == (204, expected)


def test_a_client_says_nothing_of_it(world):
    key = world.key(kind="'api_key'")
    got = world.ask(bearer(key), **{"HTTP_" + n: v for n, v in
                                    LEGACY.items()})
    assert told(got, folded) == {}


def test_nothing_is_told_to_who_has_no_key(world):
    for authorization in (None, "Bearer x"):
        got = world.ask(authorization, **LEGACY)
        assert (got.status, told(got, plain)) == (401, {})


def test_whoami(world):
    key = make(world, burst=1)
    got = api(world, "/hasp/v1/whoami", bearer(key), REQUEST_ID=None,
              **LEGACY)
    said = json.loads(got.body)
    assert said["deprecation"] == {
        "deprecated_at": "2026-03-01T00:00:00Z",
        "sunset_at": "2027-03-01T00:00:00Z", "link": "https://example.org/a"}
    assert said["rate_limit"] == {"per_second": 1, "burst": 1, "left": 0}
    assert told(got, plain) == {**VALUES, "RateLimit": '"key";r=0;t=1',
                                "RateLimit-Policy": '"key";q=1;w=1'}
    got = api(world, "/hasp/v1/whoami", bearer(key), REQUEST_ID=None)
    assert (got.status, code(got)) == (429, "rate_limited")
    assert told(got, plain) == {"RateLimit": '"key";r=0;t=1',
                                "RateLimit-Policy": '"key";q=1;w=1'}
