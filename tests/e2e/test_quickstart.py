# SPDX-License-Identifier: ISC
"""nginx/quickstart, as root and as an ordinary user: it starts, is what its
env file says, comes back when killed, and leaves nothing behind."""

import contextlib
import glob
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time

import pytest

import stack as stack_module
from browser import Browser
from nginx_server import SOURCE
from wire import ask, bearer

VARIABLES = [
    "HASP_URL", "HASP_API", "HASP_ACCOUNT", "HASP_READ_KEY",
    "HASP_WRITE_KEY", "HASP_ADMIN_KEY", "HASP_TEST_KEY", "HASP_CTL",
    "HASP_AUTH_SOCKET", "HASP_AUTH_PID_FILE", "HASP_NGINX_CONF",
    "HASP_PORTAL", "HASP_CERTIFICATE", "HASP_ADMIN_EMAIL",
    "HASP_ADMIN_PASSWORD", "HASP_ADMIN_TOTP_SECRET", "HASP_APP",
    "HASP_APP_SECRET", "PGHOST", "PGPORT",
    "PGDATABASE", "PGUSER"]


class Person:
    """Who runs the quickstart: a user with a 0700 home that holds a checkout
    and a build of it."""

    def __init__(self, name, home):
        self.name, self.home = name, pathlib.Path(home)
        for part in ("nginx", "fcgi-apps", "common", "docs", "sql"):
            shutil.copytree(SOURCE / part, self.home / "src" / part,
                            ignore=shutil.ignore_patterns("node_modules",
                                                          "dist"))
        # Stands for the pages, which no build needs to have made.
        pages = self.home / "src/nginx/portal/dist"
        (pages / "assets").mkdir(parents=True)
        (pages / "index.html").write_text("a page\n")
        (pages / "assets" / "app.js").write_text("a script\n")
        for name_, path in stack_module.PROGRAMS.items():
            target = self.home / "build" / "fcgi-apps" / name_
            target.mkdir(parents=True)
            shutil.copy(path, target)
        self.home.chmod(0o700)
        if name is not None:
            subprocess.run(["chown", "-R", f"{name}:", self.home], check=True)

    def command(self, *words):
        drop = [] if self.name is None else [
            "setpriv", f"--reuid={self.name}", f"--regid={self.name}",
            "--init-groups"]
        return [*drop, "env", "-i", f"PATH={os.environ['PATH']}",
                f"HOME={self.home}", f"HASP_BUILD={self.home}/build", "LANG=",
                *words]

    def quickstart(self, *words, **more):
        return subprocess.run(self.command(
            f"{self.home}/src/nginx/quickstart", *words), cwd="/", text=True,
            capture_output=True, timeout=120, stdin=subprocess.DEVNULL,
            check=False, **more)


class Demo:
    """A quickstart that runs with the state folder STATE."""

    def __init__(self, person, state):
        self.person, self.state = person, state
        done = person.quickstart("--yes", "--detach", "--state", str(state))
        assert done.returncode == 0, done.stderr
        self.said = done.stdout
        self.progress = done.stderr
        self.env = self._source()

    def _source(self):
        """The variables as a shell gets them that has none."""
        out = subprocess.run(
            ["sh", "-c", '. "$1/env"; env -0', "sh", str(self.state)],
            env={"PATH": os.environ["PATH"]}, capture_output=True, text=True,
            check=True).stdout
        pairs = (line.partition("=") for line in out.split("\0") if line)
        return {name: value for name, _, value in pairs
                if name.startswith(("HASP_", "PG"))}

    @property
    def port(self):
        return int(self.env["HASP_URL"].rpartition(":")[2])

    @property
    def run(self):
        return pathlib.Path(self.env["PGHOST"]).parent

    def get(self, key, path="/", method="GET"):
        headers = bearer(self.env[f"HASP_{key}_KEY"]) if key else {}
        try:
            return ask(self.port, method, path, headers, timeout=10).status
        except OSError:
            return None

    def browser(self):
        """The admin's, not signed in yet."""
        return Browser(int(self.env["HASP_PORTAL"].rpartition(":")[2]),
                       self.env["HASP_CERTIFICATE"],
                       self.env["HASP_ADMIN_EMAIL"],
                       self.env["HASP_ADMIN_PASSWORD"],
                       self.env["HASP_ADMIN_TOTP_SECRET"])

    def api(self, method, path, body=None):
        """A request of the admin key's to $HASP_API."""
        assert self.env["HASP_API"].startswith("http://")
        sent = bearer(self.env["HASP_ADMIN_KEY"])
        if body is not None:
            sent["Content-Type"] = "application/json"
        return ask(self.port, method, "/hasp/v1" + path, sent,
                   None if body is None else json.dumps(body).encode(),
                   timeout=30)

    def opens(self, secret):
        """The site's status with a key's text."""
        return ask(self.port, "GET", "/", bearer(secret)).status

    def sh(self, text):
        """TEXT in a shell of the person's with the env file."""
        return subprocess.run(
            self.person.command("sh", "-c", f". {shlex.quote(str(self.state))}"
                                f"/env; {text}"), text=True, check=True,
            capture_output=True).stdout

    def processes(self):
        """Ids of all processes that came of it: those that name its folder
        in their command line or have their working data there."""
        name = str(self.run).encode()
        found = {int(path.split("/")[2]) for path in glob.glob(
            "/proc/[0-9]*/cmdline") if name in _bytes(path)}
        for pid in list(found):
            found |= _descendants(pid)
        return sorted(found)

    def program(self, name):
        """The id of the program that the supervisor NAME runs."""
        for line in (self.state / "processes").read_text().splitlines():
            pid, _, what = line.split()
            if what == name:
                words = _bytes(f"/proc/{pid}/task/{pid}/children").split()
                return int(words[0]) if words else None
        raise AssertionError(name)

    def stop(self):
        return self.person.quickstart("--stop", "--state", str(self.state))


def _bytes(path):
    try:
        return pathlib.Path(path).read_bytes()
    except OSError:  # it ended meanwhile
        return b""


def _descendants(pid):
    found = set()
    for word in _bytes(f"/proc/{pid}/task/{pid}/children").split():
        found |= {int(word)} | _descendants(int(word))
    return found


def wait_for(check, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module", name="person", params=["self", "ordinary"])
def make_person(request, needs_nginx):
    """Whoever runs the tests; if that is root, also an ordinary user."""
    if stack_module.missing():
        pytest.skip(stack_module.missing())
    name = None
    if request.param == "ordinary":
        if os.geteuid() != 0:
            pytest.skip("the tests run as an ordinary user already")
        name = f"hasp-try-{os.getpid()}"
        subprocess.run(["useradd", "--no-create-home", "--user-group", name],
                       check=True)
    home = tempfile.mkdtemp(prefix="hasp-home.")
    try:
        yield Person(name, home)
    finally:
        shutil.rmtree(home)
        if name is not None:
            subprocess.run(["userdel", name], check=True)


@pytest.fixture(scope="module", name="demo")
def make_demo(person):
    """One that runs, with a space and a quote in its state folder's path,
    while its first port is taken."""
    made = Demo(person, person.home / "st ate's")
    yield made
    made.stop()


def test_env_file(demo):
    assert list(demo.env) and sorted(demo.env) == sorted(VARIABLES)
    file = demo.state / "env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert demo.env["HASP_API"] == demo.env["HASP_URL"] + "/hasp/v1"
    assert not demo.env["HASP_URL"].endswith("/")
    assert re.fullmatch(r"https://127\.0\.0\.1:\d+", demo.env["HASP_PORTAL"])
    assert demo.env["HASP_ACCOUNT"].isdigit()
    for name in ("HASP_AUTH_SOCKET", "HASP_AUTH_PID_FILE", "HASP_NGINX_CONF"):
        assert os.path.exists(demo.env[name]), name
    assert re.search(r"^quickstart: ready after \d+ s$", demo.progress, re.M)


def test_site(demo):
    keys = ("READ", "WRITE", "ADMIN", "TEST", None)
    assert [demo.get(k) for k in keys] == [200, 200, 200, 401, 401]
    assert [demo.get(k, "/admin/") for k in keys] == [403, 403, 200, 401, 401]
    assert [demo.get(k, "/public/") for k in keys] == [200] * 5
    assert [demo.get(k, "/x", "POST") for k in keys] \
        == [403, 200, 200, 401, 401]
    assert demo.get("ADMIN", "/x", "DELETE") == 200
    assert demo.get("READ", "/hasp/v1/whoami") == 200
    assert demo.get(None, "/hasp/v1/healthz") == 200
    assert demo.get(None, "/hasp/errors") == 200


def test_portal(demo):
    address = re.search(r"^Portal: +(https://\S+/hasp/)  ", demo.said, re.M)
    assert address.group(1) == demo.env["HASP_PORTAL"] + "/hasp/"
    for path, text in (("/hasp/", b"a page\n"),
                       ("/hasp/assets/app.js", b"a script\n")):
        reply = ask(demo.port, "GET", path)
        assert (reply.status, reply.body) == (200, text)
        assert reply.one("Content-Security-Policy")
    assert re.search(r"^Sign in: +%s  password %s\n +authenticator %s$" % tuple(
        re.escape(demo.env["HASP_ADMIN_" + name])
        for name in ("EMAIL", "PASSWORD", "TOTP_SECRET")), demo.said, re.M)


def test_curl_lines_do_what_they_say(demo):
    """Each line that is printed to be pasted, as it stands."""
    lines = [line.strip() for line in demo.said.splitlines()
             if line.strip().startswith("curl ")]
    got, found = [], {}
    for line in lines:
        for name, value in found.items():
            line = line.replace(name, value)
        line = line.replace('"CODE"', '"%s"' %
                            demo.browser().authenticator.next())
        said = subprocess.run(
            ["bash", "-c", f"{line} -w '%{{http_code}}'"], text=True,
            capture_output=True, check=True).stdout
        got.append(said[-3:])
        if line.endswith("/keys") and said[-3:] == "201":
            found["KEY_ID"] = json.loads(said[:-3])["id"]
        if line.endswith("/connect-codes"):
            found["CONNECT_CODE"] = json.loads(said[:-3])["code"]
        if line.endswith("/oauth/token"):
            found["TOKEN"] = json.loads(said[:-3])["access_token"]
        if line.endswith("/audit-events"):
            # What made the key; a person may ask for any that the log has.
            found["REQUEST_ID"] = next(row["request_id"] for row in json.loads(
                said[:-3])["events"] if row.get("event") == "key_created")
    assert got == ["401", "200", "200", "403", "200", "403", "200", "200",
                   "201", "200", "200", "200", "200", "200",
                   "201", "201", "200", "200", "200", "401",
                   "200", "200", "200", "200", "200", "200"]


def test_metrics(demo):
    for name in ("auth-check", "keys", "accounts", "apps", "audit"):
        reply = ask(demo.port, "GET", f"/hasp/metrics/{name}")
        assert reply.status == 200
        assert b'hasp_requests_total{code="ok"} ' in reply.body


def test_a_person_manages_keys(demo):
    """Over HTTPS, with a one-time code, a proof for each new key."""
    browser = demo.browser()
    # The code of this half minute may be used up.
    assert wait_for(lambda: browser.sign_in().status == 200, 100)
    assert browser.ask("GET", "/account").json()["id"] == int(
        demo.env["HASP_ACCOUNT"])
    body = {"name": "by a person", "role": "read"}
    assert browser.ask("POST", "/keys", body).status == 403
    made = browser.ask("POST", "/keys", body, browser.prove())
    assert made.status == 201
    key = made.json()
    assert demo.opens(key["secret"]) == 200
    path = f"/keys/{key['id']}"
    turned = browser.ask("POST", path + "/rotation", {"overlap_seconds": 0},
                         browser.prove())
    assert turned.status == 200
    assert demo.opens(key["secret"]) == 401
    assert demo.opens(turned.json()["secret"]) == 200
    assert browser.ask("DELETE", path).status == 200
    assert demo.opens(turned.json()["secret"]) == 401
    assert browser.ask("DELETE", "/session").status == 204
    assert browser.ask("GET", "/session").status == 401


def test_an_admin_key_manages_keys(demo):
    made = demo.api("POST", "/keys", {"name": "n", "role": "read"})
    assert made.status == 201
    key = made.json()
    assert demo.opens(key["secret"]) == 200
    assert key["id"] in {row["id"] for row in demo.api(
        "GET", "/keys").json()["keys"]}
    assert demo.api("DELETE", f"/keys/{key['id']}").json()["confirmed"]
    assert demo.opens(key["secret"]) == 401


def test_openapi_without_a_key(demo):
    reply = ask(demo.port, "GET", "/hasp/v1/openapi.json")
    assert (reply.status, reply.json()["openapi"]) == (200, "3.1.0")


def test_what_is_secret_is_nobody_elses(demo):
    """The key of the certificate, and the file that seals authenticators'."""
    for name in ("tls.key", "totp.key", "hasp_keys.pgpass",
                 "hasp_accounts.pgpass", "hasp_apps.pgpass",
                 "hasp_audit.pgpass", "audit.key"):
        mode = stat.S_IMODE((demo.run / "secret" / name).stat().st_mode)
        assert mode & 0o027 == 0, name
    for pid in demo.processes():
        line = _bytes(f"/proc/{pid}/cmdline")
        for name in ("HASP_ADMIN_PASSWORD", "HASP_ADMIN_TOTP_SECRET",
                     "HASP_ADMIN_KEY", "HASP_APP_SECRET"):
            assert demo.env[name].encode() not in line
    for log in (demo.run / "log").iterdir():
        assert demo.env["HASP_APP_SECRET"].encode() not in log.read_bytes()


def test_ctl_and_database(demo):
    assert demo.env["HASP_ACCOUNT"] in demo.sh("$HASP_CTL account list")
    assert "read" in demo.sh("$HASP_CTL key list --account $HASP_ACCOUNT")
    assert demo.sh("psql -X -A -t -c 'SHOW server_encoding'").strip() \
        == "UTF8"
    assert demo.sh("psql -X -A -t -c 'SELECT rolsuper FROM pg_roles "
                   "WHERE rolname = current_user'").strip() == "t"
    assert demo.sh("psql -X -A -t -c 'SELECT count(*) FROM hasp.plan WHERE "
                   "max_keys IS NOT NULL OR rate_per_second IS NOT NULL'"
                   ).strip() == "0"


def test_the_log_is_signed(demo):
    """At the start, and then once a minute; it verifies."""
    assert wait_for(lambda: demo.api("GET", "/audit-head").json()[
        "checkpoint"] is not None)
    note = demo.api("GET", "/audit-head").json()["checkpoint"]
    assert note.startswith("demo.example\n")
    assert "\n\n\u2014 demo.example " in note
    key = demo.run / "secret" / "audit.key.pub"
    assert "whole" in demo.sh(f"$HASP_CTL audit verify --key {key}")


def test_nginx_check_finds_nothing(demo):
    demo.sh("$HASP_CTL nginx-check $HASP_NGINX_CONF")


def test_nobody_gets_in_without_a_password(demo):
    """Not even the roles of the programs, from the same user."""
    for role in ("hasp_accounts", "hasp_apps", "hasp_audit", "hasp_auth",
                 "hasp_keys", "hasp_operator"):
        with pytest.raises(subprocess.CalledProcessError):
            demo.sh(f"psql -X -w -U {role} -c 'SELECT 1'")


@pytest.mark.parametrize("name", ["accounts", "apps", "audit", "auth-check",
                                  "checkpoint", "demo-site", "keys", "nginx",
                                  "postgresql"])
def test_killed_program_comes_back(demo, name):
    pid = demo.program(name)
    os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: demo.program(name) not in (None, pid))
    assert wait_for(lambda: demo.get("READ") == 200)
    assert demo.get("READ", "/admin/") == 403
    assert wait_for(lambda: demo.get("ADMIN", "/hasp/v1/keys") == 200)
    assert wait_for(lambda: demo.get("ADMIN", "/hasp/v1/account") == 200)
    assert wait_for(lambda: demo.get("ADMIN", "/hasp/v1/apps") == 200)
    assert wait_for(lambda: demo.get("ADMIN", "/hasp/v1/audit-head") == 200)


def test_pid_file_is_rewritten(demo):
    file = pathlib.Path(demo.env["HASP_AUTH_PID_FILE"])
    for _ in range(2):
        pid = int(file.read_text())
        assert b"auth-check" in _bytes(f"/proc/{pid}/cmdline")
        os.kill(pid, signal.SIGKILL)
        assert wait_for(lambda: file.exists() and file.read_text().strip()
                        not in ("", str(pid)))
        assert int(file.read_text()) == demo.program("auth-check")


def test_state_in_use_is_refused(demo):
    done = demo.person.quickstart("--yes", "--detach", "--state",
                                  str(demo.state))
    assert done.returncode == 75
    assert "is in use" in done.stderr and "--stop" in done.stderr
    assert demo.get("READ") == 200


def test_two_at_once_and_port_busy(demo):
    """The second finds the port of the first taken."""
    other = Demo(demo.person, demo.person.home / "two")
    try:
        assert other.port != demo.port
        assert other.env["HASP_PORTAL"] != demo.env["HASP_PORTAL"]
        assert other.get("READ") == 200
        # Keys and data are each one's own.
        assert ask(other.port, "GET", "/", bearer(
            demo.env["HASP_READ_KEY"])).status == 401
        assert demo.get("READ") == 200
    finally:
        run = other.run
        assert other.stop().returncode == 0
    assert not other.processes() and not run.exists()
    assert demo.get("READ") == 200


def test_busy_8080(demo):
    """Somebody else's port is left alone."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8080))
            taken.listen()
        except OSError:
            pass  # taken already
        other = Demo(demo.person, demo.person.home / "three")
        try:
            assert other.port > 8080
        finally:
            other.stop()


def test_killed_hard_and_started_again(demo):
    """As after a reboot: everything is dead, the notes are still there."""
    state = demo.person.home / "four"
    first = Demo(demo.person, state)
    run = first.run
    for line in (state / "processes").read_text().splitlines():
        os.kill(int(line.split()[0]), signal.SIGKILL)
    assert wait_for(lambda: not first.processes(), 20)
    again = Demo(demo.person, state)
    try:
        assert again.get("READ") == 200
        assert not run.exists()
        assert "left behind" in again.progress
    finally:
        assert again.stop().returncode == 0


def test_stop_leaves_nothing(demo):
    run, processes = demo.run, demo.processes()
    # Eight supervisors, seven programs, nginx and PostgreSQL with children.
    assert run.exists() and len(processes) > 20
    for _ in range(2):  # the second time there is nothing to do
        done = demo.stop()
        assert done.returncode == 0, done.stderr
        assert not [pid for pid in processes if _bytes(f"/proc/{pid}/cmdline")]
        assert not run.exists() and not demo.state.exists()


@contextlib.contextmanager
def foreground(person, *words):
    """One in the foreground: the process, and what it said until it ran."""
    with subprocess.Popen(
            person.command(f"{person.home}/src/nginx/quickstart", "--yes",
                           *words), cwd="/", text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, start_new_session=True) as running:
        said = ""
        while "Ctrl-C ends it all" not in said:
            line = running.stdout.readline()
            assert line, running.stderr.read()
            said += line
        try:
            yield running, said
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGINT)
                running.communicate(timeout=60)


def test_ctrl_c_ends_it_cleanly(person):
    """Without a state folder."""
    with foreground(person) as (running, said):
        run = pathlib.Path(re.search(r"Logs: (\S+)/log", said).group(1))
        assert run.exists()
        os.killpg(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 130, errors
    assert not run.exists()


def test_stop_from_another_terminal(person):
    state = person.home / "five"
    with foreground(person, "--state", str(state)) as (running, _):
        busy = person.quickstart("--yes", "--state", str(state))
        assert busy.returncode == 75 and "is in use" in busy.stderr
        assert person.quickstart("--stop", "--state",
                                 str(state)).returncode == 0
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 0, errors
    assert not state.exists()


def test_missing_packages_are_named_and_not_installed(person):
    """Without --yes and without anybody to ask."""
    tools = person.home / "tools"
    if not tools.exists():
        tools.mkdir(mode=0o755)
        for folder_ in ("/usr/bin", "/bin"):
            for path in pathlib.Path(folder_).iterdir():
                link = tools / path.name
                if path.name not in ("curl", "gcc") and not link.is_symlink():
                    link.symlink_to(path)
    done = subprocess.run(
        [word for word in person.command(
            f"{person.home}/src/nginx/quickstart")
         if not word.startswith("PATH=")][:-1] + [
            f"PATH={tools}", f"{person.home}/src/nginx/quickstart"],
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
        check=False)
    assert done.returncode == 69
    assert "missing: curl" in done.stderr


def test_user_without_a_name(person):
    if os.geteuid() != 0:
        pytest.skip("only root can become such a user")
    person.home.chmod(0o755)
    done = subprocess.run(
        ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups",
         f"{person.home}/src/nginx/quickstart", "--yes"], text=True,
        capture_output=True, cwd="/", stdin=subprocess.DEVNULL, check=False)
    person.home.chmod(0o700)
    assert done.returncode == 71
    assert "/etc/passwd" in done.stderr


@pytest.mark.parametrize("words, status", [
    (["--help"], 0), (["--detach"], 64), (["--stop"], 64), (["--state"], 64),
    (["--nonsense"], 64)])
def test_words(person, words, status):
    done = person.quickstart(*words)
    assert done.returncode == status
    assert (status == 0) == done.stdout.startswith("Usage: ")
