# SPDX-License-Identifier: ISC
"""fault_world: several verifiers (auth-check), one database, the programs that
take rights away, many keys to take them from, and the hammer."""

import mmap
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import uuid

import keys
from cluster import Cluster
from fault_net import Namespace
from fcgi_raw import BUILD, Client, Closed, Program, whole

PROGRAMS = {name: BUILD / "fcgi-apps" / name / name
            for name in ("auth-check", "haspctl", "keys", "apps")}
HAMMER = BUILD / "tests" / "fault" / "hammer"

# Whether auth-check keeps records and a lease. Without, a check that is under
# way is not waited for (R2); nothing else is other.
FENCED = True

# How long a lease counts and the web server waits for a check, in ms.
LEASE, ANSWER = 1000, 500
FENCE = {"lease_time": str(LEASE), "answer_timeout": str(ANSWER)}
CONNECTIONS = 12
HOT = 64
HERE = "192.0.2.7"


def knows(program, options):
    """Whether PROGRAM takes these options."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        lines = [f"{name} = {value}" for name, value in options.items()]
        file.write(f"[{program.name}]\n" + "\n".join(lines) + "\n")
        file.flush()
        return subprocess.run([program, "--check-config", "--config",
                               file.name], check=False,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0


class NetCluster(Cluster):
    """A cluster that also listens on the cable of NET."""

    def __init__(self, folder, net):
        super().__init__(folder)
        self.net = net

    def _init(self):
        super()._init()
        if self.net is None:
            return
        with open(self.data + "/postgresql.conf", "a",
                  encoding="utf-8") as out:
            out.write(f"listen_addresses = '{self.net.ours}'\n")
        with open(self.data + "/pg_hba.conf", "a", encoding="utf-8") as out:
            out.write(f"host all all {self.net.network} scram-sha-256\n")


class Service(Program):
    """A program of Hasp with the section [database] DATABASE; PREFIX runs
    it."""

    def __init__(self, root, program, database, options=None, prefix=()):
        self.database = database
        self.prefix = list(prefix)
        super().__init__(root, program, options, level="info")

    def write_config(self):
        sections = {"log": {"level": self.level}, "database": self.database,
                    self.program.name: self.options}
        self.config.write_text("".join(
            f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in pairs.items())
            for name, pairs in sections.items()), encoding="ascii")

    def start(self, ready="start"):
        with self.open_log() as log:
            self.process = subprocess.Popen(
                [*self.prefix, str(self.program), "--config",
                 str(self.config)], stdin=subprocess.DEVNULL, stderr=log)
        self.wait_log(rf" {self.program.name} {ready} ")
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Grant:
    """What ACCOUNT granted an app that nobody else has: connection NUMBER."""

    def __init__(self, number, account):
        self.id, self.account, self.app = number, account, uuid.uuid4()


class Target:
    """A key that the hammer asks about, and how it asks; a token of GRANT, if
    there is one."""

    def __init__(self, number, account, role="read", grant=None):
        self.number, self.account, self.role = number, account, role
        self.grant = grant
        self.id = keys.make_id()
        self.text = keys.make(prefix="haspapp" if grant else "hasp")
        self.request = whole({
            "HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
            "HASP_REQUIRE": role, "REQUEST_METHOD": "GET",
            "REQUEST_URI": "/a?b=c", "DOCUMENT_URI": "/a",
            "REMOTE_ADDR": HERE,
            "HTTP_AUTHORIZATION": "Bearer " + self.text})


class Hot:
    """The keys that the hammer prefers, in memory that it reads."""

    def __init__(self, path):
        with open(path, "w+b") as file:
            file.truncate(4 * HOT)
            self._map = mmap.mmap(file.fileno(), 0)

    def set(self, slot, target):
        struct.pack_into("=I", self._map, 4 * slot,
                         0 if target is None else target.number + 1)


class FaultWorld:
    """start() it, stop() it. PROGRAM: the auth-check that the verifiers run;
    the last of them lives in a network of its own, if this is root."""

    def __init__(self, program=PROGRAMS["auth-check"], verifiers=3):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hasp-fw.",
                                                    dir="/tmp"))
        os.chmod(self.folder, 0o755)
        self.program = pathlib.Path(program)
        self.count = verifiers
        self.net = Namespace() if os.geteuid() == 0 else None
        self.cluster = NetCluster(self.folder / "pg", self.net)
        self.verifiers = []
        self.managers = {}   # the programs by which people take rights away
        self.targets = []
        self.admins = {}     # account -> a key that may manage its keys
        self._rows, self._accounts, self._plans = [], [], []
        self._grants = []
        self.hot = self._hammer = None
        self.records = self.folder / "records"

    def start(self, fill):
        """FILL(self) adds what there is to take from."""
        if self.net is not None:
            self.net.open()
        self.cluster.start()
        self.cluster.createdb("hasp")
        info = self.cluster.conninfo("hasp")
        for words in (["db", "init", "--passfile-dir",
                       str(self.folder / "pass")], ["db", "migrate"]):
            subprocess.run([PROGRAMS["haspctl"], "--database", info, *words],
                           check=True, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)
        fill(self)
        self._insert()
        for number in range(self.count):
            self.verifiers.append(self._verifier(number).start())
        for name in ("keys", "apps"):
            self.managers[name] = self._service(
                name, PROGRAMS[name], f"hasp_{name}").start()
        return self

    def login(self, role, **more):
        return self.cluster.conninfo(
            "hasp", user=role,
            passfile=self.folder / "pass" / f"{role}.pgpass", **more)

    def _service(self, name, program, role, options=None, prefix=(), **more):
        folder = self.folder / name
        folder.mkdir()
        login = self.login(role, **more)
        # A statement has to end before the web server gives up.
        return Service(folder, program, {
            "conninfo": "\n ".join(login.split(" ")),
            "connect_timeout": ANSWER // 2,
            "query_timeout": ANSWER * 4 // 5}, options, prefix)

    def _verifier(self, number):
        apart = self.net is not None and number == self.count - 1
        return self._service(
            f"verifier{number}", self.program, "hasp_auth",
            FENCE if FENCED else {},
            self.net.prefix() if apart else (),
            **({"host": self.net.ours} if apart else {}))

    # -- accounts and keys -------------------------------------------------

    def sql(self, text):
        return self.cluster.psql("hasp", text)

    def account(self, own_plan=False):
        """A new account; its number. Its OWN_PLAN is plan and the number."""
        number = 200001 + len(self._accounts)
        plan = "standard"
        if own_plan:
            plan = f"plan{number}"
            self._plans.append(f"('{plan}', 'a plan')")
        self._accounts.append(f"({number}, 'an account', '{plan}', 'main')")
        return number

    def grant(self, account):
        """A new app that ACCOUNT connected."""
        self._grants.append(Grant(len(self._grants) + 1, account))
        return self._grants[-1]

    def target(self, account, role="read", grant=None):
        made = Target(len(self.targets), account, role, grant)
        self.targets.append(made)
        self._rows.append((made, role))
        return made

    def administer(self, account):
        """Gives ACCOUNT a key that may manage its keys."""
        self.admins[account] = Target(0, account)
        self._rows.append((self.admins[account], "admin"))

    def _insert(self):
        """What account(), grant(), target() and administer() promised."""
        key, secret = [], []
        for made, role in self._rows:
            kind, whose = "'access_token'", "NULL, NULL"
            if made.grant is not None:
                kind = "'app_token'"
                whose = f"'{made.grant.app}', {made.grant.id}"
            key.append(f"('{made.id}', {made.account}, 'a key', {kind}, "
                       f"'{role}', 'live', 'operator', {whose})")
            secret.append(f"('\\x{keys.digest(made.text)}', '{made.id}', 1, "
                          f"'{made.text[-4:]}')")
        for into, rows in (("plan (code, name)", self._plans),
                           ("account (id, name, plan, region)",
                            self._accounts),
                           ("app (guid, name, publisher, created_by)",
                            [f"('{grant.app}', 'an app', 'somebody', "
                             "'operator')" for grant in self._grants]),
                           ("connection (id, account, app, role, "
                            "environment, granted_by)",
                            [f"({grant.id}, {grant.account}, '{grant.app}', "
                             "'read', 'live', 'operator')"
                             for grant in self._grants])):
            if rows:
                self.sql(f"INSERT INTO hasp.{into} VALUES {','.join(rows)}")
        self.sql("INSERT INTO hasp.key (id, account, name, kind, role, "
                 "environment, created_by, app, connection) VALUES "
                 f"{','.join(key)}; "
                 "INSERT INTO hasp.secret (digest, key_id, version, "
                 f"last_four) VALUES {','.join(secret)}; ANALYZE;")

    # -- the hammer --------------------------------------------------------

    def hammer(self, seed, limit):
        """Starts it; it ends by itself after LIMIT seconds."""
        requests = self.folder / "requests"
        with open(requests, "wb") as out:
            for target in self.targets:
                out.write(struct.pack("=I", len(target.request)))
                out.write(target.request)
        self.hot = Hot(self.folder / "hot")
        self._hammer = subprocess.Popen(
            [str(word) for word in (
                HAMMER, "-q", requests, "-c", self.folder / "hot", "-o",
                self.records, "-n", CONNECTIONS, "-d", ANSWER, "-s", limit,
                "-x", seed, *(v.socket for v in self.verifiers))],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def hammered(self):
        """Ends it; what it says of itself."""
        self._hammer.send_signal(signal.SIGTERM)
        said, _ = self._hammer.communicate(timeout=30)
        status, self._hammer = self._hammer.returncode, None
        assert status == 0, status
        return said.strip()

    # -- asking by hand ----------------------------------------------------

    @staticmethod
    def ask(verifier, target):
        """The status that VERIFIER answers; 0 if it does not."""
        try:
            with Client(verifier.socket, timeout=5) as client:
                client.send(target.request)
                return client.answer().status
        except (Closed, OSError):
            return 0

    def recovered(self, target, seconds=30):
        """Whether all verifiers let TARGET in, in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if all(self.ask(v, target) == 204 for v in self.verifiers):
                return True
            time.sleep(0.05)
        return False

    # -- the end -----------------------------------------------------------

    def stop(self, keep=False):
        """Ends everything; KEEP leaves the files. What did not end well."""
        bad = []
        if self._hammer is not None:
            self._hammer.kill()
            self._hammer.communicate()
        for service in [*self.verifiers, *self.managers.values()]:
            if service.process is None:
                continue
            service.signal(signal.SIGCONT)
            try:
                status, _ = service.stop(seconds=20)
            except subprocess.TimeoutExpired:
                service.kill()
                status = "none"
            if status != 0:
                bad.append((service.root.name, status, service.log.read_text(
                    errors="replace")[-2000:]))
        self.cluster.thaw(self.cluster.processes())
        self.cluster.stop("immediate")
        if self.net is not None:
            self.net.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        return bad
