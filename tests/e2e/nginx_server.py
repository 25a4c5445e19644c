# SPDX-License-Identifier: ISC
"""nginx_server: a private nginx with the shipped files, as any user."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SHIPPED = "/usr/share/hasp/nginx/"
PORTAL = "/usr/share/hasp/portal/"
SOCKETS = "/run/hasp/"

MAIN = """\
worker_processes {workers};
pid {root}/nginx.pid;
error_log {root}/error.log notice;
events {{ worker_connections 1024; }}
http {{
	include {root}/hasp/hasp.conf;
	access_log {root}/access.log hasp;
	client_body_temp_path {root}/body;
	proxy_temp_path {root}/proxy;
	fastcgi_temp_path {root}/fastcgi;
	uwsgi_temp_path {root}/uwsgi;
	scgi_temp_path {root}/scgi;
	types {{ text/html html; application/json json; }}
	{text}
}}
"""


def find():
    """The nginx program, which Debian keeps off a user's PATH."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") +
                        ":/usr/sbin:/usr/local/sbin")


def certificate(folder):
    """A certificate for this machine and its key, made in FOLDER."""
    paths = [str(folder / "tls.pem"), str(folder / "tls.key")]
    if not os.path.exists(paths[0]):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             "/CN=localhost", "-addext",
             "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", paths[0],
             "-keyout", paths[1]], check=True, capture_output=True)
    return paths


def free_port():
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def install(target, auth_socket):
    """Copies the shipped files to TARGET as `make install` does: the absolute
    paths in them become those of this place. The sockets of the programs keys
    and accounts are beside auth-check's."""
    target.mkdir()
    auth_socket = pathlib.Path(auth_socket)
    for file in sorted((SOURCE / "nginx").glob("*.conf")):
        text = file.read_text(encoding="ascii")
        text = text.replace(SHIPPED, f"{target}/")
        text = text.replace(PORTAL, f"{SOURCE}/nginx/portal/dist/")
        text = text.replace(SOCKETS + "auth-check.sock", str(auth_socket))
        text = text.replace(SOCKETS, f"{auth_socket.parent}/")
        (target / file.name).write_text(text, encoding="ascii")
    (target / "errors.html").write_text("<h1>Errors</h1>\n", encoding="ascii")
    shutil.copy(SOURCE / "docs/openapi.json", target / "openapi.json")


class Nginx:
    """nginx in ROOT. TEXT goes into http {}; in it @PORT@ is the port, @H@
    the folder of the shipped files, @ROOT@ that of this server, and @TLS@ all
    that a server for HTTPS needs, on another port."""

    def __init__(self, root, text, auth_socket=None, workers=1):
        self.root = pathlib.Path(root)
        self.root.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.auth_socket = auth_socket or self.root / "auth.sock"
        install(self.root / "hasp", self.auth_socket)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tls_port = None
        if "@TLS@" in text:
            self.tls_port = free_port()
            files = certificate(self.root)
            text = text.replace(
                "@TLS@", f"listen 127.0.0.1:{self.tls_port} ssl http2;\n"
                f"ssl_certificate {files[0]}; ssl_certificate_key {files[1]};")
        self.conf = self.root / "nginx.conf"
        for old, new in (("@PORT@", f"127.0.0.1:{self.port}"),
                         ("@H@", f"{self.root}/hasp"),
                         ("@ROOT@", str(self.root))):
            text = text.replace(old, new)
        self.conf.write_text(MAIN.format(root=self.root, text=text,
                                         workers=workers), encoding="ascii")
        self._process = None

    def _command(self, *more):
        return [find(), "-e", "stderr", "-p", str(self.root), "-c",
                str(self.conf), *more]

    def test(self):
        """`nginx -t`: its exit status and what it said."""
        done = subprocess.run(self._command("-t"), capture_output=True,
                              text=True, check=False)
        return done.returncode, done.stderr

    def start(self):
        status, said = self.test()
        assert status == 0, said
        user = "user root;" if os.getuid() == 0 else ""
        with open(self.root / "stderr.log", "wb") as log:
            self._process = subprocess.Popen(
                self._command("-g", f"daemon off; {user}"), stderr=log)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise AssertionError((self.root / "stderr.log").read_text())

    def reload(self):
        """Takes a changed configuration; new workers have started."""
        old = self.workers()
        self._process.send_signal(1)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            new = self.workers()
            if new and not set(new) & set(old):
                return
            time.sleep(0.02)
        raise AssertionError("nginx kept its old workers")

    def workers(self):
        pid = self._process.pid
        path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        return path.read_text(encoding="ascii").split()

    def errors(self):
        return (self.root / "error.log").read_text(errors="replace")

    def accesses(self):
        return (self.root / "access.log").read_text(errors="replace")

    def stop(self):
        if self._process is not None:
            self._process.send_signal(15)
            self._process.wait(10)
            self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
