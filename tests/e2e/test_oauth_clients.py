# SPDX-License-Identifier: ISC
"""Clients of OAuth that nobody here wrote get, look at and end tokens, through
nginx and TLS: Authlib (requests and httpx) and requests-oauthlib."""

import json

import httpx
import pytest

requests_client = pytest.importorskip(
    "authlib.integrations.requests_client",
    reason="python3-authlib is not installed")
httpx_client = pytest.importorskip("authlib.integrations.httpx_client")
requests_oauthlib = pytest.importorskip(
    "requests_oauthlib", reason="python3-requests-oauthlib is not installed")

# pylint: disable=wrong-import-position,wrong-import-order
import oauthlib.oauth2  # noqa: E402
import requests  # noqa: E402
from authlib.integrations.base_client import OAuthError  # noqa: E402
from requests.auth import HTTPBasicAuth  # noqa: E402


class Site:
    """Hasp behind nginx, an admin of an account, and an app of it."""

    def __init__(self, stack):
        self.stack = stack
        self.base = f"https://localhost:{stack.nginx.tls_port}/hasp/v1"
        self.pem = str(stack.nginx.root / "tls.pem")
        self.admin = httpx.Client(verify=self.pem, headers={
            "Authorization": "Bearer " + stack.keys["admin"]})
        made = self.do("POST", "/published-apps", {"name": "A client"})
        self.guid, self.secret = made["guid"], made["client_secret"]

    def do(self, method, path, body=None, status=(200, 201)):
        answer = self.admin.request(method, self.base + path, json=body)
        assert answer.status_code in status, answer.text
        return answer.json()

    def approve(self, code):
        return self.do("POST", f"/apps/{self.guid}/connection",
                       {"code": code})

    def connect(self):
        answer = requests.post(
            self.base + "/connect-codes", verify=self.pem, timeout=30,
            data={"account": self.stack.account, "role": "write"},
            auth=(self.guid, self.secret))
        assert answer.status_code == 201, answer.text
        self.approve(answer.json()["code"])

    def trusted(self, session):
        """SESSION, of requests, trusts this site, whatever bundle of
        authorities the environment names."""
        session.verify = self.pem
        session.trust_env = False
        return session

    def who(self, token):
        """The status of /whoami, and what it says."""
        answer = httpx.get(self.base + "/whoami", verify=self.pem, headers={
            "Authorization": "Bearer " + token})
        return answer.status_code, answer.json()


@pytest.fixture(name="site", scope="module")
def make_site(stack):
    made = Site(stack)
    made.connect()
    yield made
    made.do("DELETE", "/published-apps/" + made.guid)
    made.admin.close()


def authlib_requests(site, method, secret=None):
    made = requests_client.OAuth2Session(
        site.guid, secret or site.secret, token_endpoint_auth_method=method)
    return site.trusted(made)


def authlib_httpx(site, method, secret=None):
    return httpx_client.OAuth2Client(
        site.guid, secret or site.secret, token_endpoint_auth_method=method,
        verify=site.pem)


@pytest.mark.parametrize("kind", [authlib_requests, authlib_httpx])
@pytest.mark.parametrize("method", ["client_secret_basic",
                                    "client_secret_post"])
def test_authlib(site, kind, method):
    client = kind(site, method)
    token = client.fetch_token(site.base + "/oauth/token",
                               grant_type="client_credentials", scope="read")
    assert token["token_type"] == "Bearer" and token["scope"] == "read"
    assert not token.is_expired()
    text = token["access_token"]
    # The client itself puts the token where it belongs.
    answer = client.get(site.base + "/whoami")
    assert answer.status_code == 200
    assert answer.json()["account"] == int(site.stack.account)
    told = client.introspect_token(site.base + "/oauth/introspect",
                                   token=text).json()
    assert told["active"] is True and told["client_id"] == site.guid
    assert told["scope"] == "read"
    answer = client.revoke_token(site.base + "/oauth/revoke", token=text,
                                 token_type_hint="access_token")
    assert answer.status_code == 200
    assert site.who(text)[0] == 401
    assert client.introspect_token(site.base + "/oauth/introspect",
                                   token=text).json() == {"active": False}


@pytest.mark.parametrize("kind", [authlib_requests, authlib_httpx])
def test_authlib_understands_what_is_wrong(site, kind):
    url = site.base + "/oauth/token"
    grant = {"grant_type": "client_credentials"}
    with pytest.raises(OAuthError) as caught:
        kind(site, "client_secret_basic", "wrong").fetch_token(url, **grant)
    assert caught.value.error == "invalid_client"
    client = kind(site, "client_secret_post")
    for more, error in (({"scope": "admin"}, "invalid_scope"),
                        ({"account": "999999999"}, "invalid_grant"),
                        ({"grant_type": "password"},
                         "unsupported_grant_type")):
        with pytest.raises(OAuthError) as caught:
            client.fetch_token(url, **{**grant, **more})
        assert caught.value.error == error
        assert caught.value.description


@pytest.mark.parametrize("in_body", [False, True])
def test_requests_oauthlib(site, in_body):
    client = oauthlib.oauth2.BackendApplicationClient(site.guid)
    session = site.trusted(requests_oauthlib.OAuth2Session(
        client=client, scope=["write"]))
    way = {"client_secret": site.secret, "include_client_id": True} if \
        in_body else {"auth": HTTPBasicAuth(site.guid, site.secret)}
    # Its own default comes before the session's.
    token = session.fetch_token(site.base + "/oauth/token", verify=site.pem,
                                **way)
    assert token.scopes == ["write"] and token["expires_in"] == 3600
    text = token["access_token"]
    assert session.get(site.base + "/whoami").json()["role"] == "write"
    url, headers, body = client.prepare_token_revocation_request(
        site.base + "/oauth/revoke", text, "access_token")
    answer = requests.post(url, headers=headers, data=body, timeout=30,
                           verify=site.pem, auth=(site.guid, site.secret))
    assert answer.status_code == 200
    assert site.who(text)[0] == 401


def test_requests_oauthlib_understands_what_is_wrong(site):
    session = site.trusted(requests_oauthlib.OAuth2Session(
        client=oauthlib.oauth2.BackendApplicationClient(site.guid)))
    url = site.base + "/oauth/token"
    with pytest.raises(oauthlib.oauth2.InvalidClientError):
        session.fetch_token(url, verify=site.pem,
                            auth=HTTPBasicAuth(site.guid, "wrong"))
    with pytest.raises(oauthlib.oauth2.InvalidScopeError):
        session.fetch_token(url, verify=site.pem, scope="admin",
                            auth=HTTPBasicAuth(site.guid, site.secret))
    with pytest.raises(oauthlib.oauth2.InvalidGrantError):
        session.fetch_token(url, verify=site.pem, account="999999999",
                            auth=HTTPBasicAuth(site.guid, site.secret))


def test_revoking_access_ends_what_a_client_holds(site):
    """The whole way: a code, a connection, a token, its end, another code."""
    client = authlib_requests(site, "client_secret_basic")
    grant = {"grant_type": "client_credentials"}
    url = site.base + "/oauth/token"
    text = client.fetch_token(url, **grant)["access_token"]
    assert site.who(text)[0] == 200
    site.do("DELETE", f"/apps/{site.guid}/connection?why=over")
    assert site.who(text)[0] == 401
    assert site.who(text)[1]["code"] == "connection_revoked"
    with pytest.raises(OAuthError) as caught:
        client.fetch_token(url, account=site.stack.account, **grant)
    assert caught.value.error == "invalid_grant"
    site.connect()
    assert client.fetch_token(url, **grant)["access_token"] != text


def test_what_nginx_itself_refuses(site):
    """It speaks as the programs do."""
    answer = requests.post(site.base + "/oauth/token", verify=site.pem,
                           timeout=30, data={"x": "y" * 70000},
                           auth=(site.guid, site.secret))
    assert answer.status_code == 413
    assert json.loads(answer.text)["error"] == "invalid_request"
