# SPDX-License-Identifier: ISC
"""A private PostgreSQL cluster for one test run.

    cluster = Cluster(folder)       # folder: short path, may exist
    cluster.start()
    cluster.createdb("one")                  # empty
    cluster.createdb("two", template="one")  # a copy
    cluster.psql("two", "SELECT 1")          # as superuser, text comes back
    cluster.conninfo("two", user="hasp_auth", passfile="/...")
    cluster.stop()

It listens on a Unix socket in its folder and nowhere else, speaks UTF-8 with
the C.UTF-8 locale whatever LANG says, and runs as the user postgres if the
tests run as root, because PostgreSQL refuses root. The superuser "postgres"
is let in by the kernel's word (peer) for root, postgres and whoever runs the
tests; every other role logs in with SCRAM, so it needs a password.
"""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import time

CONFIG = """
listen_addresses = ''
unix_socket_directories = '{folder}'
unix_socket_permissions = 0777
fsync = off
full_page_writes = off
max_connections = 120
max_wal_size = 2GB
shared_buffers = {shared_buffers}
password_encryption = scram-sha-256
lc_messages = 'C'
log_line_prefix = '%m [%p] %u@%d '
"""

HBA = """
local all         postgres peer map=tests
local replication postgres peer map=tests
local all         all      scram-sha-256
"""


def bindir():
    """Where initdb and pg_ctl are: Debian keeps them off PATH."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    found.sort(key=lambda path: int(path.split("/")[4].split(".")[0]))
    if found:
        return os.path.dirname(found[-1])
    path = shutil.which("initdb")
    if path is None:
        raise RuntimeError("no initdb: apt-get install postgresql-15")
    return os.path.dirname(os.path.realpath(path))


def drop():
    """The words that make a command run as postgres if this is root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres",
            "--init-groups", "--no-new-privs"]


class Cluster:
    """One server with its data, socket and log in one folder."""

    def __init__(self, folder, shared_buffers="128MB"):
        self.folder = str(folder)
        if len(self.folder) > 90:
            raise ValueError("path too long for a socket: " + self.folder)
        self.data = os.path.join(self.folder, "data")
        self.logfile = os.path.join(self.folder, "log")
        self.bin = bindir()
        self.user = "postgres"
        self.port = 5432
        self.shared_buffers = shared_buffers

    # -- life ------------------------------------------------------------

    def run(self, *command, **options):
        """Run a command as the server's user; its output comes back."""
        options.setdefault("cwd", "/")
        return subprocess.run(drop() + list(command), check=True, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **options).stdout

    def _init(self):
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o755)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self.run(self.bin + "/initdb", "--no-sync", "-D", self.data,
                 "-U", self.user, "-E", "UTF8", "--locale=C.UTF-8", "-A",
                 "peer")
        with open(self.data + "/postgresql.conf", "a",
                  encoding="utf-8") as out:
            out.write(CONFIG.format(folder=self.folder,
                                    shared_buffers=self.shared_buffers))
        with open(self.data + "/pg_hba.conf", "w", encoding="utf-8") as out:
            out.write(HBA)
        names = {"root", "postgres", pwd.getpwuid(os.geteuid()).pw_name}
        with open(self.data + "/pg_ident.conf", "w", encoding="utf-8") as out:
            for name in sorted(names):
                out.write("tests %s postgres\n" % name)

    def start(self):
        """Make the cluster if there is none yet, and start it."""
        if not os.path.exists(self.data + "/PG_VERSION"):
            self._init()
        subprocess.run(drop() + [self.bin + "/pg_ctl", "-D", self.data, "-l",
                                 self.logfile, "-w", "-t", "60", "-s",
                                 "start"], check=True, cwd="/",
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def stop(self, mode="fast"):
        """mode: smart, fast or immediate (as a crash would)."""
        if self.pid() is not None:
            self.run(self.bin + "/pg_ctl", "-D", self.data, "-w", "-s",
                     "-m", mode, "stop")

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def remove(self):
        """Stop it and delete everything."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def pid(self):
        """The postmaster's process id, or None if it does not run."""
        try:
            with open(self.data + "/postmaster.pid", encoding="ascii") as f:
                pid = int(f.readline())
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError):
            return None

    def processes(self):
        """The postmaster's id and those of all its children."""
        root = self.pid()
        if root is None:
            return []
        with open("/proc/%d/task/%d/children" % (root, root),
                  encoding="ascii") as f:
            return [root] + [int(word) for word in f.read().split()]

    def freeze(self):
        """SIGSTOP everything; returns the ids to give to thaw()."""
        stopped = self.processes()
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        return stopped

    @staticmethod
    def thaw(stopped):
        for pid in stopped:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    # -- use -------------------------------------------------------------

    def env(self, database=None, user=None):
        """os.environ with PGHOST and friends for this cluster."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        env.update(PGHOST=self.folder, PGPORT=str(self.port),
                   PGUSER=user or self.user, PGDATABASE=database or "postgres")
        return env

    def conninfo(self, database, user=None, **more):
        """A libpq connection string; more: other keywords."""
        pairs = {"host": self.folder, "port": self.port, "dbname": database,
                 "user": user or self.user}
        pairs.update(more)
        return " ".join("%s='%s'" % (key, str(value).replace("\\", "\\\\")
                                     .replace("'", "\\'"))
                        for key, value in pairs.items())

    def psql(self, database, sql, user=None, env=None):
        """Run SQL in one session; what it prints, unaligned, comes back."""
        full = self.env(database, user)
        full.update(env or {})
        return subprocess.run(
            [self.bin + "/psql", "-X", "-q", "-A", "-t", "-v",
             "ON_ERROR_STOP=1"], input=sql, env=full, text=True, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.strip()

    def settle(self, database):
        """Waits until every verifier has followed all that was changed, but
        for those that were killed by a test and hold no lease any more."""
        assert self.wait_for(lambda: self.psql(
            database, "SELECT count(*) FROM hasp.fence f, hasp.verifier v "
            "WHERE NOT v.dead AND v.acked < f.seq AND v.renewed_at > "
            "now() - v.lease_ms * interval '1 ms'") == "0")

    def change(self, database, sql):
        """Changes something by hand; when it returns it counts."""
        out = self.psql(database, sql)
        self.settle(database)
        return out

    def forget(self, database):
        """No verifier may use what it remembers any more."""
        self.change(database, "BEGIN; "
                    "UPDATE hasp.plan SET active = NOT active; "
                    "UPDATE hasp.plan SET active = NOT active; COMMIT")

    def createdb(self, name, template="template0"):
        self.psql("postgres", 'CREATE DATABASE "%s" TEMPLATE "%s"'
                  % (name, template))

    def dropdb(self, name):
        self.psql("postgres", 'DROP DATABASE IF EXISTS "%s" WITH (FORCE)'
                  % name)

    def log(self):
        """The server's log so far."""
        with open(self.logfile, encoding="utf-8", errors="replace") as f:
            return f.read()

    def wait_for(self, check, seconds=10):
        """Whether check() came true in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if check():
                return True
            time.sleep(0.02)
        return False
