# SPDX-License-Identifier: ISC
"""Where the server listens and who may come in."""

import grp
import os
import pathlib
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

import fcgi_raw
from fcgi_raw import AUTHORIZER, Client, Program, whole


def run(*args, **more):
    """The program with ARGS until it ends by itself: status, output."""
    done = subprocess.run([str(fcgi_raw.NOOP), *args], capture_output=True,
                          text=True, timeout=20, check=False, **more)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def root(tmp_path_factory):
    """A folder whose paths are short enough for sockets."""
    return tmp_path_factory.mktemp("s")


def listener(where):
    family = socket.AF_UNIX if isinstance(where, str) else socket.AF_INET
    sock = socket.socket(family)
    sock.bind(where)
    sock.listen(16)
    return sock


class Inheriting(Program):
    """Program whose launcher sets LISTEN_PID to the program's own id."""

    def __init__(self, root, *sockets, pid="$$", **more):
        super().__init__(root, **more)
        self.sockets = sockets
        self.pid = pid

    def start(self, ready="start"):
        text = " ".join(f"{3 + i}<&{s.fileno()}"
                        for i, s in enumerate(self.sockets))
        script = (f"exec {text}; LISTEN_PID={self.pid} "
                  f"LISTEN_FDS={len(self.sockets)} exec "
                  f"'{self.program}' --config '{self.config}'")
        with self.open_log() as log:
            self.process = subprocess.Popen(
                ["bash", "-c", script], stderr=log,
                pass_fds=[s.fileno() for s in self.sockets])
        self.wait_log(rf" {self.program.name} {ready} ")
        return self


def test_unix_socket(root):
    with Program(root, options={"socket_mode": "0640"}) as p:
        there = os.stat(p.socket)
        assert stat.S_ISSOCK(there.st_mode)
        assert stat.S_IMODE(there.st_mode) == 0o640
        with p.client() as client:
            assert client.ask().status == 204
        assert p.stop()[0] == 0
        assert not p.socket.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give away groups")
def test_group_of_the_socket(root):
    group = grp.getgrgid(1).gr_name
    for name in group, "1":
        with Program(root, options={"socket_group": name}) as p:
            there = os.stat(p.socket)
            assert there.st_gid == 1
            assert stat.S_IMODE(there.st_mode) == 0o660
            p.stop()


def test_unknown_names_are_refused(root):
    for option, message in (
            ("socket_group = no-such-group", "no group no-such-group"),
            ("allowed_users = root no-such-user", "no user no-such-user"),
            ("allowed_users = 4294967295", "no user 4294967295"),
            ("allowed_users = -1", "no user -1")):
        config = root / "hasp.conf"
        config.write_text(f"[noop]\nlisten = {root}/s\n{option}\n")
        for args in ["--check-config"], []:
            status, _, said = run("--config", str(config), *args)
            assert status == 78
            assert message in said
    assert not (root / "s").exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_tcp(root, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            pytest.skip(f"no {address} on this machine")
        port = probe.getsockname()[1]
    name = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    with Program(root, options={"listen": name}) as p:
        with Client((address, port)) as client:
            big = {"HASP_ACTION": "check", "FILLER": "x" * 65000}
            for _ in range(20):
                assert client.ask().status == 204
                assert client.ask(big, b"y" * 16384).status == 204
        with Client((address, port)) as client:
            assert client.ask(role=AUTHORIZER, keep=0).status == 200
            assert client.is_closed()
        assert p.stop()[0] == 0
        with pytest.raises(ConnectionRefusedError):
            Client((address, port))
        # And again at once: no waiting for old connections.
        p.start()
        assert not re.search("open_to_network", p.log.read_text())


def test_open_address_is_warned_of(root):
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        port = probe.getsockname()[1]
    with Program(root, options={"listen": f"0.0.0.0:{port}"}) as p:
        p.wait_log("open_to_network")


@pytest.mark.parametrize("where", [
    "relative/path", "localhost:9000", "127.0.0.1", "127.0.0.1:",
    "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+80", "127.0.0.1:080",
    ":9000", "[::1]", "[::1]9000", "::1:9000", "[127.0.0.1]:9000",
    "/" + "x" * 108])
def test_places_that_are_none(where):
    status, _, said = run("--listen", where)
    assert status == 78
    assert "start_failed" in said


def test_nowhere_to_listen():
    status, _, said = run(stdin=subprocess.DEVNULL)
    assert status == 78
    assert "nowhere to listen" in said


def test_no_permission(root):
    """Root is let down by its capabilities alone."""
    place = root / "closed"
    place.mkdir()
    if os.getuid() == 0:
        os.chown(place, 65534, 65534)
        before = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    else:
        before = []
    os.chmod(place, 0o500)
    done = subprocess.run(
        [*before, str(fcgi_raw.NOOP), "--listen", str(place / "s")],
        capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 77, done.stderr
    assert "start_failed what=listen" in done.stderr


def test_live_socket_is_refused(root):
    with Program(root) as p:
        inode = os.stat(p.socket).st_ino
        status, _, said = run("--listen", str(p.socket))
        assert status == 71
        assert "another program is listening" in said
        assert os.stat(p.socket).st_ino == inode
        with p.client() as client:
            assert client.ask().status == 204


def test_live_socket_with_a_full_backlog_is_refused(root):
    path = str(root / "s")
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen(0)
    waiting = []
    try:
        while True:
            client = socket.socket(socket.AF_UNIX)
            client.setblocking(False)
            waiting.append(client)
            client.connect(path)
    except BlockingIOError:
        status, _, _ = run("--listen", path)
    assert status == 71
    assert os.path.exists(path)


def test_dead_socket_is_replaced(root):
    with Program(root) as p:
        p.process.kill()
        p.process.wait()
        assert p.socket.exists()
        p.start()
        with p.client() as client:
            assert client.ask().status == 204


@pytest.mark.parametrize("kind", ["file", "folder", "link", "fifo"])
def test_other_files_are_left_alone(root, kind):
    path = root / "precious"
    if kind == "file":
        path.write_text("precious")
    elif kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(root / "dead"))
        dead.close()
        path.symlink_to(root / "dead")
    before = os.lstat(path)
    status, _, said = run("--listen", str(path))
    assert status == 78
    assert "is no socket" in said
    assert os.lstat(path).st_ino == before.st_ino
    if kind == "file":
        assert path.read_text() == "precious"


def test_only_its_own_socket_is_removed(root):
    """Somebody has put another in its place."""
    with Program(root) as p:
        p.socket.unlink()
        other = listener(str(p.socket))
        assert p.stop()[0] == 0
        assert p.socket.exists()
        other.close()


def test_two_at_once_do_not_replace_each_other(root):
    path = root / "s"
    for _ in range(10):
        processes = [subprocess.Popen(
            [str(fcgi_raw.NOOP), "--listen", str(path)],
            stderr=subprocess.PIPE) for _ in range(4)]
        end = time.monotonic() + 10
        while time.monotonic() < end:
            running = [p for p in processes if p.poll() is None]
            if len(running) == 1:
                break
            time.sleep(0.01)
        assert len(running) == 1
        with Client(path) as client:
            assert client.ask().status == 204
        running[0].terminate()
        for process in processes:
            process.communicate(timeout=5)


def test_inherited_by_listen_fds(root):
    one, two = listener(str(root / "one")), listener(("127.0.0.1", 0))
    with Inheriting(root, one, two) as p:
        for where in root / "one", two.getsockname():
            with Client(where) as client:
                assert client.ask().status == 204
        assert not p.socket.exists(), "the configuration comes last"
        assert p.stop()[0] == 0
    # It is neither removed nor shut down: who connects waits for the next.
    with Client(root / "one") as client:
        client.send(whole())
        with Inheriting(root, one, two):
            assert client.answer().status == 204


def test_listen_fds_for_another_process(root):
    one = listener(str(root / "one"))
    with Inheriting(root, one, pid=1) as p:
        with p.client() as client:
            assert client.ask().status == 204


def test_listen_fds_that_do_not_listen(root):
    connected, _ = socket.socketpair()
    with pytest.raises(AssertionError, match="is no listening socket"):
        Inheriting(root, connected).start()
    with open("/dev/null", "rb") as null:
        with pytest.raises(AssertionError, match="is no listening socket"):
            Inheriting(root, null).start()


def test_inherited_as_standard_input(root):
    one = listener(str(root / "one"))
    with Program(root, stdin=one) as p:
        with Client(root / "one") as client:
            assert client.ask().status == 204
        assert not p.socket.exists()
        assert p.stop()[0] == 0
    assert (root / "one").exists()


def test_the_command_line_comes_first(root):
    one = listener(str(root / "one"))
    with Program(root, stdin=one, args=["--listen", str(root / "two")]):
        with Client(root / "two") as client:
            assert client.ask().status == 204
        with pytest.raises(FileNotFoundError):
            Client(root / "fcgi.sock")


ASK_AS = """
import os, sys
sys.path.insert(0, {path!r})
import fcgi_raw
os.setgroups([]); os.setgid({uid}); os.setuid({uid})
with fcgi_raw.Client({where!r}) as client:
    try:
        print(client.ask().status)
    except (fcgi_raw.Closed, OSError):
        print("closed")
"""


def ask_as(uid, where):
    """What a client that runs as UID gets."""
    path = str(pathlib.Path(fcgi_raw.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", ASK_AS.format(path=path, uid=uid,
                                             where=str(where))],
        stdout=subprocess.PIPE, text=True, check=True, timeout=20)
    return done.stdout.strip()


@pytest.mark.skipif(os.getuid() != 0, reason="takes other users' ids")
def test_allowed_users(folder):
    root = folder / "users"
    root.mkdir()
    os.chmod(root, 0o755)
    with Program(root, options={"allowed_users": "daemon 12345",
                                "socket_mode": "0666"}) as p:
        assert ask_as(1, p.socket) == "204"
        assert ask_as(12345, p.socket) == "204"
        assert ask_as(2, p.socket) == "closed"
        assert ask_as(0, p.socket) == "closed"
        p.wait_log("connection_refused reason=user number=2")
        # Read again without a restart.
        p.options["allowed_users"] = "2"
        p.write_config()
        p.process.send_signal(signal.SIGHUP)
        p.wait_log("config_read")
        assert ask_as(1, p.socket) == "closed"
        assert ask_as(2, p.socket) == "204"


def test_longest_idle_makes_room(root):
    with Program(root, options={"max_connections": 8, "workers": 1}) as p:
        kept = []
        for _ in range(8):
            kept.append(p.client())
            assert kept[-1].ask().status == 204
            time.sleep(0.01)
        # The first is used again: the second is idle longest now.
        assert kept[0].ask().status == 204
        for _ in range(3):
            kept.append(p.client())
            assert kept[-1].ask().status == 204
        for gone in kept[1:4]:
            assert gone.is_closed()
        for client in [kept[0], *kept[4:]]:
            assert client.ask().status == 204


def test_silent_ones_make_room(root):
    """Though none is idle, a newcomer is served soon."""
    with Program(root, options={"max_connections": 8, "workers": 1,
                                "request_timeout": 60000}) as p:
        silent = [p.client() for _ in range(40)]
        with p.client() as client:
            assert client.ask().status == 204
        assert any(client.is_closed() for client in silent[:1])


def test_out_of_descriptors(root):
    """Accepting waits, it does not spin, and goes on when there are some."""
    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))

    with Program(root, preexec_fn=few) as p:
        clients = [p.client() for _ in range(40)]
        p.wait_log("connection_refused reason=EMFILE")
        before = p.cpu()
        time.sleep(1)
        assert p.cpu() - before < 0.3
        for _ in range(40):
            client = clients.pop(0)
            assert client.ask().status == 204
            client.close()


def test_command_line(root):
    good = root / "good.conf"
    good.write_text("[log]\nlevel = info\n")
    bad = root / "bad.conf"
    bad.write_text("[log]\nlevel = info\n[noop]\nworkers = many\n")
    assert run("--check-config", "--config", str(good))[0] == 0
    status, _, said = run("--check-config", f"--config={bad}")
    assert (status, said.startswith(f"{bad}:4: ")) == (78, True)
    assert run("--config", str(bad), "--listen", str(root / "s"))[0] == 78
    assert not (root / "s").exists()
    assert run("--config", str(root / "none"))[0] == 78
    status, said, _ = run("--help")
    assert status == 0
    for option in "--config", "--listen", "--check-config", "--version":
        assert option in said
    status, said, _ = run("--version")
    assert (status, bool(re.fullmatch(r"noop \(Hasp\) \S+\n", said))) == \
        (0, True)


@pytest.mark.parametrize("args", [
    ["--nonsense"], ["word"], ["-c"], ["--config"], ["--config="],
    ["--listen", "/a", "--listen", "/b"], ["--help", "--help"],
    ["--check-config=yes"], [""], ["--", "--help"]])
def test_usage(args):
    status, _, said = run(*args)
    assert status == 64
    assert said.startswith("noop: ")
