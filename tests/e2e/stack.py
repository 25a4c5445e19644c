# SPDX-License-Identifier: ISC
"""stack: Hasp as it runs for real, privately: PostgreSQL, auth-check, keys,
accounts, audit, demo-site, nginx with the shipped files, and keys and a member
made by haspctl."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from cluster import Cluster
from nginx_server import Nginx

BUILD = pathlib.Path(os.environ.get("HASP_BUILD", pathlib.Path(
    __file__).resolve().parents[2]))
PROGRAMS = {name: BUILD / "fcgi-apps" / name / name
            for name in ("accounts", "apps", "audit", "auth-check",
                         "demo-site", "haspctl", "keys", "supervise")}
EMAIL = "admin@demo.example"

SITE = """
upstream demo_site { server unix:@ROOT@/demo-site.sock; keepalive 8; }
server {
	listen @PORT@;
	include @H@/hasp-server.conf;
	include @H@/hasp-manage.conf;
	location / {
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-fastcgi.conf;
		include @ROOT@/demo.conf;
	}
	location /admin/ {
		include @H@/hasp-protect-admin.conf;
		include @H@/hasp-headers-fastcgi.conf;
		include @ROOT@/demo.conf;
		location /admin/nested/ {
			include @H@/hasp-headers-fastcgi.conf;
			include @ROOT@/demo.conf;
		}
	}
	location /by-set/ {
		set $hasp_require admin;
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-fastcgi.conf;
		include @ROOT@/demo.conf;
		location /by-set/nested/ { include @ROOT@/demo.conf; }
	}
	location /test/ {
		set $hasp_environment test;
		include @H@/hasp-protect.conf;
		include @H@/hasp-headers-fastcgi.conf;
		include @ROOT@/demo.conf;
	}
	location /elsewhere/ {
		set $hasp_region mars;
		include @H@/hasp-protect.conf;
		include @ROOT@/demo.conf;
	}
	location /strict/ {
		set $hasp_strict_target on;
		include @H@/hasp-protect.conf;
		include @ROOT@/demo.conf;
	}
	location /typo/ {
		set $hasp_require amdin;
		include @H@/hasp-protect.conf;
		include @ROOT@/demo.conf;
	}
	location /public/ {
		include @H@/hasp-clear-fastcgi.conf;
		include @ROOT@/demo.conf;
	}
}
server {
	@TLS@
	set $hasp_region main;
	include @H@/hasp-server.conf;
	include @H@/hasp-manage.conf;
	include @H@/hasp-portal.conf;
	location / { return 404; }
}
"""

DEMO = """\
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param REQUEST_URI $request_uri;
fastcgi_param DOCUMENT_URI $document_uri;
fastcgi_pass_request_body off;
fastcgi_pass demo_site;
"""


def missing():
    """Why this cannot run here; "" if it can."""
    for name, path in PROGRAMS.items():
        if not os.access(path, os.X_OK):
            return f"{name} is not built in {BUILD} (HASP_BUILD)"
    return ""


class Supervised:
    """A program under fcgi-apps/supervise, which holds its socket."""

    def __init__(self, name, socket, config, log):
        self.socket = socket
        with open(log, "ab") as out:
            self._process = subprocess.Popen(
                [PROGRAMS["supervise"], "-l", socket, "--", PROGRAMS[name],
                 "--config", config], stdin=subprocess.DEVNULL, stderr=out)

    def pid(self):
        """The program's own process id; None between two lives."""
        me = self._process.pid
        path = pathlib.Path(f"/proc/{me}/task/{me}/children")
        words = path.read_text(encoding="ascii").split()
        return int(words[0]) if words else None

    def kill(self, sig=signal.SIGKILL):
        """Ends the program as SIG does, and waits for the next one."""
        old = self.pid()
        os.kill(old, sig)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if self.pid() not in (None, old):
                return
            time.sleep(0.01)
        raise AssertionError("nothing started it again")

    def stop(self):
        self._process.terminate()
        self._process.wait(15)


class Stack:
    """Everything; start() it and stop() it."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="hasp-st."))
        os.chmod(self.root, 0o755)
        self.cluster = Cluster(self.root / "pg")
        self.auth = self.demo = self.nginx = None
        self.programs = {}  # keys, accounts and audit
        self.account = self.password = self.totp_secret = None
        self.keys = {}

    def start(self):
        self.cluster.start()
        admin = self.cluster.conninfo("hasp")
        self._ctl("--database", admin, "db", "init", "--passfile-dir",
                  str(self.root))
        self._ctl("--database", admin, "db", "migrate")
        sealed = self.root / "totp.key"
        sealed.write_bytes(os.urandom(32))
        sealed.chmod(0o600)
        for program, role in (("auth-check", "hasp_auth"),
                              ("keys", "hasp_keys"),
                              ("accounts", "hasp_accounts"),
                              ("apps", "hasp_apps"),
                              ("audit", "hasp_audit"),
                              ("haspctl", "hasp_operator")):
            where = self.cluster.conninfo("hasp", user=role, passfile=(
                self.root / f"{role}.pgpass"))
            self._write(f"{program}.conf", f"[database]\nconninfo = {where}\n"
                        f"[accounts]\ntotp_key_file = {sealed}\n"
                        f"[{program}]\njournal_folder = "
                        f"{self.root}/journal/{program}\n")
        self._write("demo-site.conf", "[demo-site]\n")
        self.auth = self._run("auth-check")
        self.programs = {name: self._run(name)
                         for name in ("keys", "accounts", "apps",
                                      "audit")}
        (self.root / "n").mkdir()
        self._write("n/demo.conf", DEMO)
        self.demo = self._run("demo-site", "n/demo-site.sock")
        self.nginx = Nginx(self.root / "n", SITE, self.auth.socket, workers=2)
        self.nginx.start()
        self.account = self.ctl("--quiet", "account", "create", "--name",
                                "End to end").strip()
        for name, role, environment in (
                ("read", "read", "live"), ("write", "write", "live"),
                ("admin", "admin", "live"), ("test", "admin", "test")):
            self.keys[name] = self.key(role, environment)
        self.password, self.totp_secret = self.ctl(
            "--quiet", "member", "create", "--account", self.account,
            "--email", EMAIL, "--admin", "--totp").split()
        return self

    def _write(self, name, text):
        (self.root / name).write_text(text, encoding="ascii")

    def _run(self, name, socket=None):
        return Supervised(name, str(self.root / (socket or f"{name}.sock")),
                          str(self.root / f"{name}.conf"),
                          self.root / f"{name}.log")

    @staticmethod
    def _ctl(*words):
        return subprocess.run([PROGRAMS["haspctl"], *words], text=True,
                              check=True, stdout=subprocess.PIPE).stdout

    def ctl(self, *words):
        """haspctl as the operator; its standard output."""
        return self._ctl("--config", str(self.root / "haspctl.conf"), *words)

    def key(self, role="read", environment="live", *more):
        """A new key's text."""
        return self.ctl("--quiet", "key", "create", "--account", self.account,
                        "--name", f"{role} {environment}", "--role", role,
                        "--environment", environment, *more).strip()

    def log(self, name="auth-check"):
        return (self.root / f"{name}.log").read_text(errors="replace")

    def stop(self):
        for part in (self.nginx, self.auth, self.demo,
                     *self.programs.values()):
            if part is not None:
                part.stop()
        self.cluster.remove()
        shutil.rmtree(self.root, ignore_errors=True)
