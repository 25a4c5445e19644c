# SPDX-License-Identifier: ISC
"""app_world: publishers' programs, which ask accounts for connections and fetch
tokens, over HTTPS as they do."""

import time

import httpx

from log_world import sql


class Publisher:
    """An app of the operator's with its secret."""

    def __init__(self, stack, name="Ledger Sync", publisher="Example Books"):
        self.stack = stack
        self.name = name
        self.guid, self.secret = stack.ctl(
            "--quiet", "app", "create", "--name", name, "--publisher",
            publisher, "--home-page", "https://books.example/ledger-sync"
            ).split()

    def post(self, path, **form):
        answer = httpx.post(
            f"https://127.0.0.1:{self.stack.nginx.tls_port}/hasp/v1{path}",
            data=form, auth=(self.guid, self.secret), verify=False)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def code(self, account, role="write"):
        """A connect code for ACCOUNT."""
        return self.post("/connect-codes", account=account.id,
                         role=role)["code"]

    def token(self, account):
        """A token that works for an hour at most, used once and known to be."""
        token = self.post("/oauth/token", grant_type="client_credentials",
                          account=account.id)["access_token"]
        answer = httpx.get("http://127.0.0.1:%d/" % self.stack.nginx.port,
                           headers={"Authorization": "Bearer " + token})
        assert answer.status_code == 200, answer.text
        return token


def wait_until_used(stack, account):
    """The log knows that a token of the account was used."""
    end = time.monotonic() + 30
    while sql(stack, "SELECT count(*) FROM hasp.app_use WHERE account = %s"
              % account.id).strip() == "0":
        assert time.monotonic() < end, "the use did not arrive"
        time.sleep(0.1)


def refuses(stack, token):
    """Whether the site refuses it now."""
    return httpx.get("http://127.0.0.1:%d/" % stack.nginx.port, headers={
        "Authorization": "Bearer " + token}).status_code == 401


def connect(stack, account, publisher, role="write"):
    """Connects it as a person of the account does."""
    with httpx.Client(
            base_url=f"https://127.0.0.1:{stack.nginx.tls_port}/hasp/v1",
            verify=False) as person:
        session = person.post("/session", json={
            "email": account.email, "password": account.password}).json()
        person.headers["X-CSRF-Token"] = session["csrf_token"]
        proof = person.post("/session/reauthentication", json={
            "password": account.password}).json()["proof"]
        answer = person.post(
            f"/apps/{publisher.guid}/connection",
            json={"code": publisher.code(account, role)},
            headers={"X-Hasp-Proof": proof})
    assert answer.status_code == 201, answer.text
