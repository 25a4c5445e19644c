# SPDX-License-Identifier: ISC
"""openapi: holds answers of the programs, and the requests that the tests make,
against docs/openapi.json. What is not in the document is a fault: an address, a
status, a member, a header that should be there."""

import datetime
import functools
import ipaddress
import json
import pathlib
import re
import urllib.parse
import uuid

import jsonschema

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/openapi.json"
BASE = "/hasp/v1"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch",
           "trace")
# The answers of every address, whether the document lists it or not.
NO_METHOD, NO_ADDRESS = "MethodNotAllowed", "NotFound"

FORMATS = jsonschema.FormatChecker(formats=())


def _format(name, *errors):
    """Registers the check of a format: what raises ERRORS is none."""
    return FORMATS.checks(name, raises=errors or ValueError)


@_format("date-time")
def _date_time(text):
    """RFC 3339 section 5.6, as programs write and people send it."""
    if not isinstance(text, str):
        return True
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?"
                        r"([Zz]|[+-]\d\d:\d\d)", text, re.ASCII):
        return False
    datetime.datetime.strptime(text[:19].replace(" ", "T").upper(),
                               "%Y-%m-%dT%H:%M:%S")
    return True


@_format("uuid")
def _uuid(text):
    return not isinstance(text, str) or str(uuid.UUID(text)) == text


@_format("ip-network")
def _network(text):
    return not isinstance(text, str) or bool(ipaddress.ip_network(text))


@_format("ip-address")
def _address(text):
    return not isinstance(text, str) or bool(ipaddress.ip_address(text))


@_format("uri")
def _uri(text):
    return not isinstance(text, str) or bool(
        re.fullmatch(r"https?://[!-~]+", text))


@_format("uri-reference")
def _reference(text):
    return not isinstance(text, str) or bool(re.fullmatch(r"[!-~]+", text))


class Fault(AssertionError):
    """What the document does not allow."""


class Document:
    """The description at PATH."""

    def __init__(self, path=DOCUMENT):
        self.tree = json.loads(pathlib.Path(path).read_text(encoding="ascii"))

    def resolve(self, part):
        """PART, or what its $ref names."""
        while "$ref" in part:
            at = self.tree
            assert part["$ref"].startswith("#/"), part
            for word in part["$ref"][2:].split("/"):
                at = at[word.replace("~1", "/").replace("~0", "~")]
            part = at
        return part

    def validator(self, schema):
        """References of SCHEMA lead into the document."""
        return jsonschema.Draft202012Validator(
            {**schema, "components": self.tree["components"]},
            format_checker=FORMATS)

    def fit(self, schema, value, what):
        """VALUE is as SCHEMA says."""
        for error in self.validator(schema).iter_errors(value):
            where = "/".join(str(word) for word in error.absolute_path)
            raise Fault(f"{what}: /{where}: {error.message}")

    def path(self, target):
        """The template that TARGET (with /hasp/v1, perhaps a query) fits,
        and its item; (None, None) if there is none."""
        path = target.partition("?")[0]
        if not path.startswith(BASE + "/"):
            return None, None
        words = path[len(BASE):].split("/")
        found = []
        for template, item in self.tree["paths"].items():
            own = template.split("/")
            if len(own) == len(words) and all(
                    a == b or (a.startswith("{") and b)
                    for a, b in zip(own, words)):
                found.append((template.count("{"), template, item))
        return min(found)[1:] if found else (None, None)

    def operation(self, method, target):
        """The operation of METHOD (HEAD is GET's) at TARGET, or None."""
        _, item = self.path(target)
        name = "get" if method == "HEAD" else method.lower()
        return (item or {}).get(name)

    def response(self, method, target, status):
        """What the document says of that answer; a Fault if nothing."""
        what = f"{method} {target} -> {status}"
        operation = self.operation(method, target)
        shared = self.tree["components"]["responses"]
        if operation is not None:
            if str(status) not in operation["responses"]:
                raise Fault(f"{what}: the document has no such status")
            return self.resolve(operation["responses"][str(status)])
        if self.path(target)[0] is not None and status == 405:
            return shared[NO_METHOD]
        if self.path(target)[0] is None and status == 404:
            return shared[NO_ADDRESS]
        raise Fault(f"{what}: the document has no such address")


@functools.lru_cache
def document():
    return Document()


def _headers(doc, response, answer, what):
    for name, header in response.get("headers", {}).items():
        header = doc.resolve(header)
        values = [v for n, v in answer.headers if n.lower() == name.lower()]
        if header.get("required") and not values:
            raise Fault(f"{what}: the header {name} is missing")
        for value in values:
            doc.fit(header["schema"], value, f"{what}: {name}")


# Those of HTTP itself, of nginx, and those that are checked with the body.
FREE = {"content-type", "content-length", "server", "date", "connection",
        "keep-alive", "transfer-encoding", "last-modified", "accept-ranges",
        "etag", "x-content-type-options"}


def _strangers(response, answer, what):
    known = {name.lower() for name in response.get("headers", {})} | FREE
    for name, _ in answer.headers:
        if name.lower() not in known:
            raise Fault(f"{what}: the document has no header {name}")


def _body(doc, response, method, answer, what):
    types = [v for n, v in answer.headers if n.lower() == "content-type"]
    if "content" not in response:
        if answer.body or types:
            raise Fault(f"{what}: a body where none belongs")
        return
    if len(types) != 1 or types[0] not in response["content"]:
        raise Fault(f"{what}: Content-Type {types}")
    if method == "HEAD":
        if answer.body:
            raise Fault(f"{what}: HEAD has no body")
        return
    if types[0] not in ("application/json", "application/problem+json"):
        doc.fit(response["content"][types[0]]["schema"],
                answer.body.decode(), what)
        return
    try:
        value = json.loads(answer.body)
    except ValueError as error:
        raise Fault(f"{what}: {error}") from error
    doc.fit(response["content"][types[0]]["schema"], value, what)
    if types[0] == "application/problem+json" and \
            value.get("status") != answer.status:
        raise Fault(f"{what}: the body says {value.get('status')}")


def check(method, path, answer, doc=None):
    """ANSWER (with status, headers as pairs, body as bytes) to METHOD on PATH
    is one that the document describes."""
    doc = doc or document()
    what = f"{method} {path} -> {answer.status}"
    response = doc.response(method, path, answer.status)
    _headers(doc, response, answer, what)
    _strangers(response, answer, what)
    _body(doc, response, method, answer, what)


def _form(schema, body):
    """The parameters of a form that mean anything (RFC 6749 section 3.2)."""
    return {name: value
            for name, value in urllib.parse.parse_qsl(body.decode())
            if name in schema["properties"]}


def check_request(method, path, body, headers=(), doc=None):
    """A request that was granted is one that the document describes: BODY
    (bytes) and those of its parameters that were sent. HEADERS are pairs."""
    doc = doc or document()
    operation = doc.operation(method, path)
    what = f"{method} {path}, the request"
    if operation is None:
        raise Fault(f"{what}: the document has no such address")
    request = operation.get("requestBody")
    if body and request is None:
        raise Fault(f"{what}: a body where none belongs")
    if body:
        kind, = request["content"]
        schema = request["content"][kind]["schema"]
        doc.fit(schema, _form(doc.resolve(schema), body) if "form" in kind
                else json.loads(body), what)
    elif request is not None and request["required"]:
        raise Fault(f"{what}: the body is missing")
    _parameters(doc, operation, path, headers, what)


def _parameters(doc, operation, path, headers, what):
    known = [doc.resolve(p) for p in operation.get("parameters", ())]
    sent = [pair.partition("=")[::2] for pair in
            path.partition("?")[2].split("&") if pair]
    for name, value in sent:
        rows = [p for p in known if (p["in"], p["name"]) == ("query", name)]
        if not rows:
            raise Fault(f"{what}: the document has no parameter {name}")
        schema = rows[0]["schema"]
        value = urllib.parse.unquote_plus(value)
        if schema.get("type") == "integer":
            value = int(value)
        doc.fit(schema, value, f"{what}: {name}")
    given = {name.lower(): value for name, value in headers}
    for row in known:
        value = given.get(row["name"].lower())
        if row["in"] == "header" and value is not None:
            doc.fit(row["schema"], value, f"{what}: {row['name']}")
