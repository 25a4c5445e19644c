# SPDX-License-Identifier: ISC
"""haspctl probe: what it says of a whole site, and of sites with each of the
mistakes that it looks for."""

import http.server
import json
import shutil
import threading

import pytest

from haspctl_run import clean_environment, haspctl

PROBLEM = {"Content-Type": "application/problem+json",
           "WWW-Authenticate": ['Basic realm="api"', 'Bearer realm="api"']}

pytestmark = pytest.mark.skipif(shutil.which("curl") is None,
                                reason="curl is not installed")


class Site:
    """A site whose answer to each request is ANSWER(method, headers):
    status, headers, body; it remembers what it was asked."""

    def __init__(self, answer):
        site = self
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                """Nothing."""

            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                site.asked.append((self.command, self.path,
                                   list(self.headers.items())))
                status, headers, body = answer(self.command, self.headers)
                self.send_response(status)
                for name, value in headers.items():
                    for one in [value] if isinstance(value, str) else value:
                        self.send_header(name, one)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD" and status != 204:
                    self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_DELETE = do_OPTIONS = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/"
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def problem(code, status=401):
    return status, PROBLEM, json.dumps(
        {"type": "x", "code": code}, separators=(",", ":")).encode()


def right(_, headers):
    """What Hasp answers, to this many kinds of requests."""
    sent = headers.get("Authorization")
    if sent is None:
        return problem("credential_missing")
    if sent == "Bearer good":
        return 200, {}, b"hello"
    return problem("key_foreign" if sent else "authorization_empty")


def probe(answer, *words, stdin=""):
    with Site(answer) as site:
        done = haspctl("probe", "--json", site.url, *words, stdin=stdin)
        rows = json.loads(done.stdout)
        return done.returncode, {row["step"]: row for row in rows}, site.asked


def test_a_site_that_is_right():
    status, rows, asked = probe(right)
    assert status == 0
    assert all(row["ok"] and row["problem"] is None for row in rows.values())
    assert {row["status"] for row in rows.values()} == {401}
    assert {method for method, _, _ in asked} == \
        {"GET", "HEAD", "POST", "DELETE", "OPTIONS"}
    assert {path for _, path, _ in asked} == {"/api/"}
    forged = [dict(headers) for _, _, headers in asked
              if ("X-Hasp-Role", "admin") in headers]
    assert forged and "X_Hasp_Account" in forged[0]
    assert "Authorization" not in forged[0]


def test_words_and_lines():
    with Site(right) as site:
        done = haspctl("probe", site.url)
        assert done.returncode == 0
        assert "ok   GET without a key: 401 credential_missing\n" \
            in done.stdout
        assert done.stderr == "All is well.\n"
        quiet = haspctl("probe", "-q", site.url)
        assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    with Site(lambda *_: (200, {}, b"")) as site:
        done = haspctl("probe", site.url)
        assert done.returncode == 1
        assert "FAIL GET without a key: 200 LET IN" in done.stdout
        assert haspctl("probe", "-q", site.url).returncode == 1


STATIC = [
    # answer to every request, what is said of it
    ((200, {}, b"all"), "LET IN"),
    ((204, {}, b""), "LET IN"),
    ((302, {"Location": "/login"}, b""), "redirect"),
    ((404, {}, b""), "nobody was checked"),
    ((405, {}, b""), "nobody was checked"),
    ((403, {}, b""), "not refused by Hasp"),
    ((500, {}, b""), "error log"),
    ((502, {}, b""), "error log"),
    ((503, {}, b""), "auth-check or its database"),
    ((401, {}, b"<h1>401</h1>"), "both Basic and Bearer"),
    ((401, {"WWW-Authenticate": "Basic x"}, b"x"), "both Basic and Bearer"),
    ((401, {"WWW-Authenticate": ["Basic x", "Bearer y"]}, b"<h1>"),
     "not application/problem+json"),
    ((401, PROBLEM, b"{}"), "no code"),
    (problem("key_expired"), "another code"),
]


@pytest.mark.parametrize("answer,said", STATIC)
def test_a_wrong_answer_is_told(answer, said):
    status, rows, _ = probe(lambda *_: answer)
    assert status == 1
    assert said in rows["GET without a key"]["problem"]
    assert rows["GET without a key"]["status"] == answer[0]


@pytest.mark.parametrize("method,step", [
    ("HEAD", "HEAD without a key"), ("POST", "POST without a key"),
    ("DELETE", "DELETE without a key"), ("OPTIONS", "OPTIONS without a key")])
def test_a_method_that_is_let_in_is_told(method, step):
    def answer(used, headers):
        return (200, {}, b"x") if used == method else right(used, headers)
    status, rows, _ = probe(answer)
    assert status == 1
    assert [name for name, row in rows.items() if not row["ok"]] == [step]


def test_a_preflight_may_be_answered():
    def answer(used, headers):
        return (204, {}, b"") if used == "OPTIONS" else right(used, headers)
    status, rows, _ = probe(answer)
    assert status == 0 and rows["OPTIONS without a key"]["status"] == 204


def test_forged_headers_that_are_believed_are_told():
    def answer(used, headers):
        if headers.get("X-Hasp-Account"):
            return 200, {}, b"hello, 1"
        return right(used, headers)
    status, rows, _ = probe(answer)
    assert status == 1
    assert "LET IN" in rows["GET with forged identity headers"]["problem"]


def test_the_key_is_tried_and_not_shown(tmp_path):
    path = tmp_path / "key"
    path.write_text("good\n")
    for words, stdin in ((["--key-file", path], ""),
                         (["--key-file", "-"], "good\r\n")):
        status, rows, _ = probe(right, *words, stdin=stdin)
        row = rows["GET with the key as Bearer"]
        assert (status, row["ok"], row["status"]) == (0, True, 200)
    path.write_text("bad\n")
    status, rows, _ = probe(right, "--key-file", path)
    row = rows["GET with the key as Bearer"]
    assert (status, row["status"], row["code"]) == (1, 401, "key_foreign")
    assert row["problem"] == "refused"


@pytest.mark.parametrize("text", [
    "", "\n", "two words\n", "two\nlines\n", "tab\tbed", "a" * 257,
    "é", "a\0b", "\x1b[2J"])
def test_a_file_that_holds_no_key_is_65(tmp_path, text):
    path = tmp_path / "key"
    path.write_text(text)
    done = haspctl("probe", "http://127.0.0.1:1/", "--key-file", path)
    assert (done.returncode, done.stdout) == (65, "")
    assert "holds no key" in done.stderr
    assert len(text) < 3 or text.strip() not in done.stderr


def test_no_secret_in_the_arguments_of_curl(tmp_path):
    """curl's own arguments, as every user of the machine may read them."""
    (tmp_path / "curl").write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@" >>' + f"{tmp_path}/args\n"
        f'exec {shutil.which("curl")} "$@"\n')
    (tmp_path / "curl").chmod(0o755)
    (tmp_path / ".curlrc").write_text("user-agent = intruder\n")
    (tmp_path / "key").write_text("good\n")
    with Site(right) as site:
        done = haspctl("probe", site.url, "--key-file", tmp_path / "key",
                       env=clean_environment(
                           PATH=f"{tmp_path}:/usr/bin:/bin",
                           HOME=str(tmp_path)))
        assert done.returncode == 0, done.stdout
    assert set((tmp_path / "args").read_text().split("\n")) == \
        {"-q", "--config", "-", ""}
    agents = {value for _, _, headers in site.asked
              for name, value in headers if name == "User-Agent"}
    assert agents == {"haspctl-probe"}
    assert ("Authorization", "Bearer good") in site.asked[-1][2]


def test_a_key_is_not_sent_in_clear_to_another_machine(tmp_path):
    (tmp_path / "key").write_text("good\n")
    with Site(right) as site:
        port = site.server.server_port
        # The proxy stands for the way to another machine.
        done = haspctl("probe", "--json", "http://api.example/",
                       "--key-file", tmp_path / "key",
                       env=clean_environment(
                           http_proxy=f"http://127.0.0.1:{port}"))
        assert site.asked
        assert "good" not in str(site.asked)
    rows = json.loads(done.stdout)
    assert done.returncode == 1
    assert [row["step"] for row in rows if not row["ok"]] == \
        ["GET with the key as Bearer"]
    assert "in clear" in rows[-1]["problem"]


def test_nobody_there():
    with Site(right) as site:
        url = site.url
    done = haspctl("probe", "--json", url)
    assert done.returncode == 1
    assert all("curl: (7)" in row["problem"] and row["status"] == 0
               for row in json.loads(done.stdout))


def test_no_curl_is_71():
    done = haspctl("probe", "http://127.0.0.1:1/",
                   env=clean_environment(PATH="/nowhere"))
    assert done.returncode == 71
    assert "apt-get install curl" in done.stderr


def test_an_interim_answer_is_passed_over():
    def answer(used, headers):
        return right(used, headers)
    with Site(answer) as site:
        # http.server sends "100 Continue" to who expects it; curl asks for
        # it only with large bodies, so the parser is shown one by a proxy.
        real = site.server.RequestHandlerClass.send_response

        def send_response(self, code, message=None):
            if code == 401:
                self.wfile.write(b"HTTP/1.1 103 Early Hints\r\n"
                                 b"Link: </x>; rel=preload\r\n\r\n")
            real(self, code, message)
        site.server.RequestHandlerClass.send_response = send_response
        assert haspctl("probe", site.url).returncode == 0


def test_a_real_site(stack, tmp_path):
    """Against PostgreSQL, auth-check and nginx with the shipped files."""
    key = tmp_path / "key"
    key.write_text(stack.keys["admin"] + "\n")
    for path in ("/", "/admin/", "/by-set/"):
        done = haspctl("probe", "--json", stack.nginx.url + path,
                       "--key-file", key, "--account", stack.account)
        rows = json.loads(done.stdout)
        assert done.returncode == 0, done.stdout
        assert rows[-1]["code"] == "account_mismatch"
        assert [row["code"] for row in rows
                if row["step"].endswith("does not exist")] == ["key_unknown"]
    done = haspctl("probe", "--json", stack.nginx.url + "/public/")
    assert done.returncode == 1
    assert all("LET IN" in row["problem"] for row in json.loads(done.stdout))
    key.write_text(stack.keys["read"] + "\n")
    done = haspctl("probe", "--json", stack.nginx.url + "/admin/",
                   "--key-file", key)
    assert done.returncode == 1
    assert json.loads(done.stdout)[-1]["code"] == "role_insufficient"
