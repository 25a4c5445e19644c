# SPDX-License-Identifier: ISC
"""docs/openapi.json is a whole OpenAPI 3.1 document, and what holds answers
against it (openapi.py) finds what does not fit."""

import copy
import json
import re

import jsonschema
import pytest

import openapi
from fcgi_raw import Answer

DOC = openapi.document()
TREE = DOC.tree
OPERATIONS = [(method, path, operation)
              for path, item in TREE["paths"].items()
              for method, operation in item.items()]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]


def nodes(tree, at=""):
    """Every dict of the tree with its place."""
    if isinstance(tree, dict):
        yield at, tree
        for name, part in tree.items():
            yield from nodes(part, f"{at}/{name}")
    elif isinstance(tree, list):
        for index, part in enumerate(tree):
            yield from nodes(part, f"{at}/{index}")


def test_its_head():
    assert TREE["openapi"] == "3.1.0"
    assert TREE["info"]["title"] and TREE["info"]["version"]
    assert [server["url"] for server in TREE["servers"]] == [openapi.BASE]
    assert set(TREE) <= {"openapi", "info", "servers", "tags", "paths",
                         "components"}


def test_every_reference_leads_somewhere():
    seen = set()
    for at, node in nodes(TREE):
        if "$ref" in node:
            assert set(node) == {"$ref"}, at
            assert DOC.resolve(node), at
            seen.add(node["$ref"])
    assert len(seen) > 50
    # Those of every address are named in info.
    shared = {f"#/components/responses/{name}"
              for name in (openapi.NO_METHOD, openapi.NO_ADDRESS)}
    for kind, parts in TREE["components"].items():
        for name in parts:
            if kind != "securitySchemes":
                assert f"#/components/{kind}/{name}" in seen | shared, name


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names)) > 20
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in names)


def is_form(operation):
    """Whether it is for programs of publishers, with errors of OAuth."""
    return operation["tags"] == ["oauth"]


@pytest.mark.parametrize("method, path, operation", OPERATIONS, ids=IDS)
def test_operation(method, path, operation):
    assert method in openapi.METHODS
    assert operation["summary"] and operation["tags"][0] in [
        tag["name"] for tag in TREE["tags"]]
    rows = [DOC.resolve(p) for p in operation.get("parameters", ())]
    assert {row["name"] for row in rows if row["in"] == "path"} == set(
        re.findall(r"{(\w+)}", path))
    assert all(row["required"] for row in rows if row["in"] == "path")
    assert all(row["schema"] and row["description"] for row in rows)
    statuses = operation["responses"]
    assert [s for s in statuses if s.startswith("2")]
    if path != "/openapi.json":
        assert "503" in statuses
    if operation["security"]:
        assert {"401", "403"} <= set(statuses)
    if "requestBody" in operation:
        assert {"400", "413"} <= set(statuses)
        assert is_form(operation) or {"415", "422"} <= set(statuses)
    for one in operation["security"]:
        assert set(one) <= set(TREE["components"]["securitySchemes"])
    for status, response in statuses.items():
        response = DOC.resolve(response)
        assert re.fullmatch("[2-5][0-9][0-9]", status)
        assert response["description"]
        if status >= "400" and not is_form(operation):
            assert list(response["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("method, path, operation", OPERATIONS, ids=IDS)
def test_changes_made_with_a_cookie_want_its_token(method, path, operation):
    names = [DOC.resolve(p)["name"] for p in operation.get("parameters", ())]
    cookie = {"cookie": []} in operation["security"]
    assert ("X-CSRF-Token" in names) == (cookie and method != "get"), path
    assert "X-Hasp-Proof" not in names or cookie


def schemas():
    """Every schema and its place."""
    for name, schema in TREE["components"]["schemas"].items():
        yield name, schema
    for at, node in nodes(TREE):
        if "schema" in node and "/schemas/" not in at:
            yield at, node["schema"]


def test_every_schema_is_one():
    for _, schema in schemas():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_object_says_what_it_has():
    """Without that a validation means little."""
    for at, node in nodes(TREE["components"]["schemas"]):
        if node.get("type") == "object":
            assert False in (node.get("additionalProperties"),
                             node.get("unevaluatedProperties")), at
            assert set(node.get("required", ())) <= set(
                node.get("properties", ())), at
        if isinstance(node.get("pattern"), str):
            re.compile(node["pattern"])
        if "format" in node and isinstance(node["format"], str):
            assert node["format"] in openapi.FORMATS.checkers, at


# -- the checker bites -------------------------------------------------------

WHOAMI = {
    "account": 100001, "key": "key_" + "0" * 16, "name": "n", "role": "read",
    "environment": "live", "region": "main", "secret_version": 1, "app": None,
    "expires_at": "2031-05-04T03:02:01Z", "kind": "access_token",
    "deprecation": None, "rate_limit": None, "daily_quota": None}
PROBLEM = {"type": "/hasp/errors#not_found", "title": "Not Found",
           "status": 404, "code": "not_found", "detail": "There."}


def whoami(change=None, status=200, headers=None, body=None):
    value = dict(WHOAMI)
    for name, new in (change or {}).items():
        if new is KeyError:
            del value[name]
        else:
            value[name] = new
    return Answer(status, headers if headers is not None else [
        ("Cache-Control", "no-store"), ("Content-Type", "application/json")],
        body if body is not None else json.dumps(value).encode())


def look(answer, method="GET", path="/hasp/v1/whoami", doc=None):
    openapi.check(method, path, answer, doc)


def test_it_takes_what_fits():
    look(whoami())
    look(whoami({"expires_at": None}))
    look(whoami(body=b""), "HEAD")


@pytest.mark.parametrize("change", [
    {"account": "100001"}, {"account": 0}, {"account": True},
    {"key": "key_0"}, {"name": ""}, {"name": "x" * 101}, {"name": "a\nb"},
    {"role": "owner"}, {"expires_at": "2031-05-04"},
    {"expires_at": "2031-02-30T03:02:01Z"}, {"expires_at": KeyError},
    {"app": "x"}, {"more": 1}, {"secret_version": 1.5}, {"kind": "other"},
    {"deprecation": {}}, {"rate_limit": {"per_second": 1, "burst": 1}},
    {"daily_quota": 5}, {"daily_quota": KeyError}])
def test_it_finds_a_changed_body(change):
    with pytest.raises(openapi.Fault):
        look(whoami(change))


@pytest.mark.parametrize("answer", [
    whoami(status=202), whoami(status=500),
    whoami(headers=[("Content-Type", "application/json")]),
    whoami(headers=[("Cache-Control", "no-store")]),
    whoami(headers=[("Cache-Control", "private"),
                    ("Content-Type", "application/json")]),
    whoami(headers=[("Cache-Control", "no-store"),
                    ("Content-Type", "text/html")]),
    whoami(headers=[("Cache-Control", "no-store"), ("X-Odd", "1"),
                    ("Content-Type", "application/json")]),
    whoami(headers=[("Cache-Control", "no-store"), ("Sunset", "soon"),
                    ("Content-Type", "application/json")]),
    whoami(body=b""), whoami(body=b"{"), whoami(body=b"[]")])
def test_it_finds_another_answer(answer):
    with pytest.raises(openapi.Fault):
        look(answer)


def refusal(status, headers, change=()):
    body = json.dumps({**PROBLEM, "status": status, **dict(change)}).encode()
    return Answer(status, [
        ("Cache-Control", "no-store"),
        ("Content-Type", "application/problem+json"), *headers], body)


def test_it_knows_the_answers_of_every_address():
    allow = ("Allow", "GET, HEAD")
    look(refusal(404, []), path="/hasp/v1/nothing/at/all")
    look(refusal(405, [allow]), "DELETE")
    for answer, method, path in (
            (refusal(405, []), "DELETE", "/hasp/v1/whoami"),
            (refusal(405, [allow]), "GET", "/hasp/v1/whoami"),
            (refusal(405, [allow]), "GET", "/hasp/v1/nothing"),
            (refusal(404, []), "GET", "/hasp/v1/whoami"),
            (refusal(404, []), "DELETE", "/hasp/v1/whoami"),
            (whoami(), "GET", "/hasp/v1/whoami/"),
            (whoami(), "POST", "/hasp/v1/whoami"),
            (whoami(), "GET", "/whoami")):
        with pytest.raises(openapi.Fault):
            look(answer, method, path)


@pytest.mark.parametrize("change", [
    {"code": "no_such_code"}, {"errors": []}, {"status": 400},
    {"errors": [{"pointer": "name", "detail": "x"}]},
    {"errors": [{"pointer": "#/name"}]}, {"key_id": "1"}, {"hint": "x"}])
def test_it_finds_a_changed_problem(change):
    openapi.check("GET", "/hasp/v1/nothing", refusal(404, []))
    answer = refusal(404, [], change)
    with pytest.raises(openapi.Fault):
        openapi.check("GET", "/hasp/v1/nothing", answer)


def test_it_finds_what_a_changed_document_forgot():
    doc = openapi.Document()
    doc.tree = copy.deepcopy(TREE)
    doc.tree["paths"]["/whoami"]["get"]["responses"].pop("200")
    with pytest.raises(openapi.Fault):
        look(whoami(), doc=doc)


def test_it_looks_at_requests_too():
    def ask(body, path="/hasp/v1/keys", method="POST", headers=()):
        openapi.check_request(method, path, json.dumps(body).encode()
                              if body is not None else b"", headers)

    ask({"name": "n", "role": "read"})
    ask(None, "/hasp/v1/keys?limit=3&cursor=abc", "GET")
    ask({"name": "n", "role": "read"}, headers=[("Idempotency-Key", "a-1")])
    for wrong in (
            ({"name": "n"},), ({"name": "n", "role": "read", "more": 1},),
            (None,), ({}, "/hasp/v1/keys", "GET"), ({}, "/hasp/v1/odd"),
            (None, "/hasp/v1/keys?limit=0", "GET"),
            (None, "/hasp/v1/keys?odd=1", "GET"),
            ({"name": "n", "role": "read"}, "/hasp/v1/keys", "POST",
             [("idempotency-key", "a b")])):
        with pytest.raises(openapi.Fault):
            ask(*wrong)
