# SPDX-License-Identifier: ISC
"""haspctl without a database: the command table and all that is made of it,
documents, and every way to call it wrongly."""

import html.parser
import os
import pty
import re
import shutil
import subprocess

import pytest

from haspctl_run import (PROGRAM, SOURCE, clean_environment, haspctl,
                         haspctl_json, table, words_of)

MANUAL = (SOURCE / "docs/man/haspctl.8").read_text()
ERROR = re.compile(r"^E\((\w+), (\d+), \"([a-z_0-9]+)\",((?:\s*\"[^\"]*\")+)\)",
                   re.M)
ROWS = table()
IDS = [" ".join(words_of(row)) for row in ROWS]


def statuses():
    text = (SOURCE / "fcgi-apps/haspctl/status.def").read_text()
    return [int(n) for n in re.findall(r"^S\(\w+, (\d+),", text, re.M)]


def errors():
    """(code, HTTP status, sentence) of what clients can get."""
    text = (SOURCE / "common/errors.def").read_text()
    return [(code, int(status), "".join(re.findall(r'"([^"]*)"', words)))
            for _, status, code, words in ERROR.findall(text)
            if status != "500"]


def rendered_manual():
    """The manual as text, without the overstrikes of terminals."""
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is missing: apt-get install mandoc")
    text = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=200",
                           SOURCE / "docs/man/haspctl.8"], check=True,
                          capture_output=True, encoding="ascii").stdout
    return re.sub(r"\s+", " ", re.sub(r".\x08", "", text))


# -- the table ---------------------------------------------------------------

def test_the_table_is_the_agreed_one():
    assert IDS == [
        "account create", "account legacy", "account list",
        "account machine-keys",
        "account plan", "account resume", "account show", "account suspend",
        "app create", "app list", "app remove", "app rotate-secret",
        "app show",
        "audit abandon", "audit checkpoint", "audit erase", "audit export",
        "audit journals", "audit keygen", "audit prune", "audit tail",
        "audit verify",
        "barrier", "completion", "config", "connection list",
        "connection revoke", "db init", "db migrate", "db status",
        "errors", "help", "key create", "key list", "key revoke",
        "key rotate", "key show", "member create", "member disable",
        "member enable", "member list", "member reset", "nginx-check",
        "plan list", "plan set", "probe", "region list", "region set", "status"]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_help_of_a_verb_names_all_it_takes(row):
    words = words_of(row)
    for call in ([*words, "--help"], [*words, "-h"], ["help", *words]):
        done = haspctl(*call)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"Usage: haspctl {' '.join(words)}")
        assert row["summary"] in done.stdout
        assert (row["operand"] or "") in done.stdout
        for option in row["options"]:
            assert re.search(rf"(^|\s){option}\b", done.stdout), option
        first = done.stdout.splitlines()[0]
        for option in row["required"]:
            assert option in first
        for number in statuses():
            assert re.search(rf"^  {number}\s", done.stdout, re.M)
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_help_of_everything():
    for call in (["help"], ["--help"], ["-h"]):
        done = haspctl(*call)
        assert (done.returncode, done.stderr) == (0, "")
        for row in ROWS:
            assert f"  {' '.join(words_of(row))}" in done.stdout
            assert row["summary"].split()[0] in done.stdout
    nouns = haspctl("key", "--help").stdout
    assert "key rotate" in nouns and "account create" not in nouns
    assert nouns == haspctl("help", "key").stdout


def test_version():
    for call in (["--version"], ["-V"], ["key", "create", "--version"]):
        done = haspctl(*call)
        assert done.returncode == 0
        assert re.fullmatch(r"haspctl \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_the_manual_names_the_verb_and_its_options(row):
    text = rendered_manual()
    assert f"haspctl {' '.join(words_of(row))}" in text
    for option in row["options"]:
        assert re.search(rf"{option}\b", text), option


def test_the_manual_names_every_status_and_no_other_option():
    for number in statuses():
        assert f"\n.It {number}\n" in MANUAL
    known = {option[2:] for row in ROWS for option in row["options"]}
    named = set(re.findall(r"(?:Fl|,|\|) -([a-z][a-z-]+)", MANUAL))
    assert named == known


def test_the_manual_is_clean():
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is missing: apt-get install mandoc")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning",
                           SOURCE / "docs/man/haspctl.8"],
                          capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


def complete(*words):
    """What bash offers behind WORDS, the last of which is unfinished."""
    script = ('eval "$(cat)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              '_haspctl; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(
        ["bash", "-c", script, "bash", "haspctl", *words],
        input=haspctl("completion").stdout, capture_output=True,
        encoding="utf-8", check=True)
    assert done.stderr == ""
    return set(done.stdout.split())


def test_completion_knows_every_command_and_option():
    common = {"--config", "--database", "--json", "--quiet", "--help",
              "--version"}
    assert complete("") == {row["noun"] for row in ROWS} | common
    for row in ROWS:
        words = words_of(row)
        if row["verb"]:
            assert row["verb"] in complete(row["noun"], "")
        assert complete(*words, "-") == set(row["options"])
        assert complete("--database", "x", "--json", *words, "--ex") == \
            {"--expires", "--export"} & set(row["options"])
    assert complete("key", "create", "--role", "") == \
        {"read", "write", "admin"}


def test_completion_is_clean_shell():
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is missing: apt-get install shellcheck")
    done = subprocess.run(["shellcheck", "-s", "bash", "-"],
                          input=haspctl("completion").stdout,
                          capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (0, "")


# -- documents ---------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """Ids and nesting of a page."""

    def __init__(self):
        super().__init__()
        self.ids, self.open, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_errors_as_html_has_a_place_for_each_code():
    done = haspctl("errors", "--html")
    page = Page()
    page.feed(done.stdout)
    page.close()
    assert page.open == []
    assert page.ids == [code for code, _, _ in errors()]
    for code, status, sentence in errors():
        assert sentence in page.text
        assert f"{code} ({status} " in page.text
    assert "<script" not in done.stdout


def test_errors_as_markdown_and_json():
    text = haspctl("errors", "--markdown").stdout
    assert text == haspctl("errors").stdout
    for code, status, sentence in errors():
        assert f"| `{code}` | {status} | {sentence} |\n" in text
    status, rows = haspctl_json("errors")
    assert status == 0
    assert [(r["code"], r["status"], r["detail"]) for r in rows] == errors()
    assert len(rows) > 60


def test_sample_is_a_configuration_with_every_option(tmp_path):
    sample = haspctl("config", "--sample").stdout
    path = tmp_path / "hasp.conf"
    names = re.findall(r"^O\((\w+), (\w+),",
                       (SOURCE / "common/options.def").read_text(), re.M)
    for _, name in names:
        assert re.search(rf"^#{name} = ", sample, re.M), name
    # Whole, and with every comment sign in front of an option taken away,
    # it is read without complaint: the call fails for want of a database.
    for text in (sample, re.sub(r"^#(\w+ =)", r"\1", sample, flags=re.M)):
        path.write_text(text)
        done = haspctl("account", "list", "--config", path, "--database",
                       f"host={tmp_path} dbname=none")
        assert done.returncode == 69, done.stderr
    assert max(map(len, sample.splitlines())) <= 80


# -- wrong calls -------------------------------------------------------------

SECRET = "hasp_live_" + "A" * 38    # no key: its check digits are wrong
NO_DB = ["--database", "host=/nowhere dbname=none"]

WRONG = [
    # words, status, part of what is said
    ([], 64, "haspctl help"),
    (["frob"], 64, "no command frob"),
    (["key"], 64, "a verb is missing"),
    (["key", "frob"], 64, "key has no verb frob"),
    (["help", "frob"], 64, "no such command"),
    (["help", "key", "frob"], 64, "no such command"),
    (["help", "key", "list", "x"], 64, "too many words"),
    (["account", "list", "x"], 64, "too many words"),
    (["account", "show"], 64, "ID is missing"),
    (["account", "list", "--frob"], 64, "no option --frob"),
    (["account", "list", "--frob=secret"], 64, "no option --frob here"),
    (["account", "list", "-x"], 64, "no option -x"),
    (["account", "list", "--name", "x"], 64, "no option --name"),
    (["account", "list", "--json=yes"], 64, "--json takes no value"),
    (["account", "create", "--name"], 64, "--name needs a value"),
    (["account", "create"], 64, "--name is missing"),
    (["account", "create", "--name", ""], 64, "--name is empty"),
    (["account", "create", "--name", "a", "--name", "b"], 64, "given twice"),
    (["account", "show", "0"], 64, "numeric id"),
    (["account", "show", "-1"], 64, "no option -1"),
    (["account", "show", "007"], 64, "numeric id"),
    (["account", "show", "9223372036854775808"], 64, "numeric id"),
    (["account", "show", "1x"], 64, "numeric id"),
    (["key", "list", "--account", "x"], 64, "numeric id"),
    (["key", "show", "x"], 64, "key_ and 16"),
    (["key", "show", "key_123"], 64, "key_ and 16"),
    (["key", "show", "key_01234567890123-5"], 64, "key_ and 16"),
    (["key", "show", SECRET], 64, "the key itself"),
    (["key", "revoke", "--yes", SECRET], 64, "the key itself"),
    (["key", "rotate", SECRET.upper()], 64, "the key itself"),
    (["key", "rotate", "key_0123456789abcdef", "--overlap", "31d"], 64,
     "--overlap"),
    (["key", "rotate", "key_0123456789abcdef", "--overlap", "-1"], 64,
     "--overlap"),
    (["errors", "--html", "--json"], 64, "one of --html"),
    (["errors", "--html", "--markdown"], 64, "one of --html"),
    (["config"], 64, "--sample is missing"),
    (["probe"], 64, "URL is missing"),
    (["probe", "ftp://example.com/"], 64, "http:// or https://"),
    (["probe", "http://user:hunter@example.com/"], 64, "without a user name"),
    (["probe", "http://"], 64, "http:// or https://"),
    (["probe", "http://example.com/ x"], 64, "blanks"),
    (["probe", "http://example.com/#x"], 64, "#"),
    (["probe", "http://[::1]:1/", "--account", "1"], 64, "--key-file"),
    (["probe", "http://[::1]:1/", "--key-file", "/nowhere"], 65, "/nowhere"),
    (["account", "list", "--config", "/nowhere/hasp.conf"], 78,
     "/nowhere/hasp.conf"),
    (["account", "list", "--database", "host=/x password=hunter"], 64,
     "holds a password"),
    (["account", "list", "--database", "host=/x password = 'a b'"], 64,
     "holds a password"),
    (["account", "list", "--database", "postgresql://u:hunter@h/d"], 64,
     "holds a password"),
    (["account", "list", "--database", "postgresql://h/d?password=hunter"], 64,
     "holds a password"),
    (["db", "init", "--database", "postgresql://h/d"], 64, "no URI"),
    (["db", "init", "--database", "user=x password=y"], 64,
     "holds a password"),
    (["account", "list", "--database", "frob=1"], 78, "malformed"),
    (["account", "list", *NO_DB], 69, "cannot be reached"),
    (["key", "list", "--account", "1", *NO_DB], 69, "cannot be reached"),
    (["db", "status", *NO_DB], 69, "cannot be reached"),
    (["db", "migrate", *NO_DB], 69, "cannot be reached"),
    (["db", "init", "--passfile-dir", "/proc/none", *NO_DB], 73,
     "/proc/none"),
]

CREATE = ["key", "create", "--account", "1", "--name", "n"]
WRONG_KEYS = [
    (["--role", "root"], 64, "--role is"),
    (["--role", "none"], 64, "--role is"),
    (["--role", "Read"], 64, "--role is"),
    (["--role", "read", "--kind", "app_token"], 64, "--kind is"),
    (["--role", "read", "--environment", "prod"], 64, "live test"),
    (["--role", "read", "--allow", "x"], 64, "--allow x"),
    (["--role", "read", "--allow", "192.0.2.1/24"], 64, "behind the prefix"),
    (["--role", "read", "--allow", "192.0.2.0/33"], 64, "--allow"),
    (["--role", "read"] + ["--allow", "192.0.2.1"] * 17, 64, "16 times"),
    (["--role", "read", "--expires", "tomorrow"], 64, "is no time"),
    (["--role", "read", "--expires", "90"], 64, "is no time"),
    (["--role", "read", "--expires", "2031-02-29"], 64, "is no time"),
    (["--role", "read", "--expires", "2031-13-01"], 64, "is no time"),
    (["--role", "read", "--expires", "2031-05-04T24:00:00Z"], 64, "no time"),
    (["--role", "read", "--expires", "2031-05-04T03:02:01"], 64, "no time"),
    (["--role", "read", "--expires", "2031-5-4"], 64, "is no time"),
    (["--role", "read", "--expires", "99999999999999999999d"], 64, "no time"),
    (["--role", "read", "--expires", "2001-01-01"], 65, "past"),
    (["--role", "read", "--expires", "0s"], 65, "past"),
    (["--role", "read", "--expires", "1d", "--not-before", "2d"], 65,
     "before it begins"),
    (["--role", "read", *NO_DB], 69, "cannot be reached"),
]


@pytest.mark.parametrize(
    "words,status,said",
    WRONG + [(CREATE + words, *rest) for words, *rest in WRONG_KEYS])
def test_wrong_call(words, status, said):
    done = haspctl(*words)
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert said in done.stderr
    assert "hunter" not in done.stderr
    assert SECRET[10:] not in done.stderr and "secret" not in done.stderr
    assert done.stderr.endswith("\n")


def test_a_bad_configuration_is_named_by_file_and_line(tmp_path):
    path = tmp_path / "hasp.conf"
    path.write_text("[database]\n[key]\nprefix = 9\n")
    done = haspctl("account", "list", "--config", path)
    assert done.returncode == 78
    assert done.stderr.startswith(f"haspctl: {path}:")


def test_a_configuration_that_may_not_be_read_is_77(tmp_path):
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is missing")
        drop = ["setpriv", "--reuid=65534", "--regid=65534",
                "--clear-groups"]
    else:
        drop = []
    path = tmp_path / "hasp.conf"
    path.write_text("")
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith("pytest-"):
            folder.chmod(0o755)
    program = tmp_path / "haspctl"
    shutil.copy(PROGRAM, program)
    program.chmod(0o755)
    done = subprocess.run([*drop, program, "account", "list", "--config",
                           path], capture_output=True, encoding="utf-8",
                          env=clean_environment(), cwd="/", check=False)
    assert done.returncode == 77, done.stderr
    assert "permission denied" in done.stderr


def test_output_that_cannot_be_written_is_74():
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([PROGRAM, "help"], stdout=full,
                              stderr=subprocess.PIPE, encoding="utf-8",
                              check=False)
    assert done.returncode == 74
    assert "No space left" in done.stderr
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([PROGRAM, "help"], stdout=writer,
                          stderr=subprocess.PIPE, encoding="utf-8",
                          check=False)
    os.close(writer)
    assert done.returncode == 74


def in_terminal(words, env):
    """What the program writes to a terminal that it stands at."""
    main, side = pty.openpty()
    with subprocess.Popen([PROGRAM, *words], stdin=side, stdout=side,
                          stderr=subprocess.DEVNULL, env=env) as process:
        os.close(side)
        out = b""
        while True:
            try:
                part = os.read(main, 4096)
            except OSError:
                break   # the other side is closed
            if not part:
                break
            out += part
        process.wait(10)
    os.close(main)
    return out


def test_colours_are_for_terminals_that_want_them(tmp_path):
    path = tmp_path / "nginx.conf"
    path.write_text("http { access_log off; server { listen 127.0.0.1:1; "
                    "location / { auth_request /_hasp/check; } } }\n")
    words = ["nginx-check", str(path)]
    coloured = in_terminal(words, clean_environment(TERM="xterm"))
    assert b"\x1b[31merror\x1b[0m" in coloured
    for env in (clean_environment(TERM="xterm", NO_COLOR="1"),
                clean_environment(TERM="dumb")):
        plain = in_terminal(words, env)
        assert b"\x1b" not in plain and b": error: " in plain
    assert "\x1b" not in haspctl(*words).stdout
