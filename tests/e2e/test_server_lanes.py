# SPDX-License-Identifier: ISC
"""Requests that wait for the database, beside those that need not: what shape
decides is answered at once, whatever the database does; what waits is answered
in the end, each with its own verdict, and holds up no signal."""

import os
import re
import resource
import select
import signal
import threading
import time

import pytest

import keys
from auth_world import AUTH_CHECK, bearer, code, header
from fcgi_raw import Program, whole

# How a refusal by shape is asked for, and its code.
EMPTY, EMPTY_CODE = "Bearer", "bearer_empty"


def request(authorization, **changes):
    """The bytes of one check."""
    pairs = {"HASP_ACTION": "check", "HASP_ENVIRONMENT": "live",
             "REQUEST_METHOD": "GET", "REQUEST_URI": "/a",
             "DOCUMENT_URI": "/a", "REMOTE_ADDR": "192.0.2.7",
             "HTTP_AUTHORIZATION": authorization, **changes}
    return whole(pairs)


def ask(client, authorization, **changes):
    client.send(request(authorization, **changes))
    return client.answer()


@pytest.fixture
def start(world, tmp_path_factory):
    """Starts auth-check with options of its own; they end with the test."""
    made = []

    def begin(env=None, **options):
        root = tmp_path_factory.mktemp("l")
        made.append(Program(root, AUTH_CHECK, {
            "conninfo": world.program.options["conninfo"], **options},
            env=env))
        return made[-1].start()

    yield begin
    for program in made:
        if program.process.poll() is None:
            assert program.stop()[0] == 0, program.log.read_text()


@pytest.fixture
def frozen(world):
    """A function that stops the database; it goes on with the test's end."""
    stopped = []

    def freeze():
        stopped.extend(world.cluster.freeze())
        return lambda: world.cluster.thaw(stopped)

    yield freeze
    world.cluster.thaw(stopped)


@pytest.fixture(scope="module", autouse=True)
def many_files():
    """Room for thousands of clients, as far as the hard limit lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 8192 if hard == resource.RLIM_INFINITY else min(hard, 8192)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def readable(clients):
    """Those of CLIENTS that got something."""
    poll = select.poll()
    by_fd = {client.socket.fileno(): client for client in clients}
    for fd in by_fd:
        poll.register(fd, select.POLLIN)
    return [by_fd[fd] for fd, _ in poll.poll(0)]


def comes_back(world, program, key):
    """Whether the program answers for KEY again."""
    def once():
        with program.client() as client:
            return ask(client, bearer(key)).status == 204

    return world.cluster.wait_for(once)


def test_answers_on_one_connection_stay_in_order(world, start):
    """Those answered at once, those that wait, those that are not known."""
    both = [world.key(), world.key()]
    program = start()
    with program.client() as client:
        for i in range(200):
            got = ask(client, bearer(both[i % 2]), REQUEST_ID=f"r{i}")
            assert got.status == 204
            assert header(got, "X-Hasp-Key") == both[i % 2].id
            assert header(got, "X-Hasp-Request-Id") == f"r{i}"
            assert code(ask(client, EMPTY)) == EMPTY_CODE
            assert code(ask(client, f"Bearer {keys.make()}")) == "key_unknown"
    assert len(program.wait_log(" connection ")) == 1


def test_every_connection_gets_its_own_verdict(world, start):
    program = start()
    faults = []

    def talk(key):
        try:
            with program.client() as client:
                for i in range(150):
                    got = ask(client, bearer(key))
                    assert header(got, "X-Hasp-Key") == key.id
                    if i % 3 == 0:
                        assert code(ask(client, EMPTY)) == EMPTY_CODE
                    if i % 7 == 0:
                        got = ask(client, f"Bearer {keys.make()}")
                        assert code(got) == "key_unknown"
        except BaseException as fault:
            faults.append(fault)
            raise

    threads = [threading.Thread(target=talk, args=(world.key(),))
               for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_shape_is_answered_while_the_database_is_frozen(world, start, frozen):
    key = world.key()
    program = start()
    kept = program.client()
    assert ask(kept, bearer(key)).status == 204
    waiting = [program.client() for _ in range(100)]
    thaw = frozen()
    for client in waiting:
        client.send(request(bearer(key)))
    for _ in range(10):
        assert code(ask(kept, EMPTY)) == EMPTY_CODE
        with program.client() as client:
            assert code(ask(client, EMPTY)) == EMPTY_CODE
    # Nobody who asks for a key has an answer: the database gives none.
    assert not readable(waiting)
    for client in waiting:
        assert code(client.answer()) == "database_down"
    assert code(ask(kept, EMPTY)) == EMPTY_CODE
    thaw()
    assert comes_back(world, program, key)
    for client in [kept, *waiting]:
        assert ask(client, bearer(key)).status == 204
        client.close()


def backends(world):
    """Process ids of the database's backends that look keys up."""
    return set(map(int, world.sql(
        "SELECT pid FROM pg_stat_activity WHERE application_name = "
        "'hasp-auth-check' AND query LIKE '%look_up_keys%'").split()))


def test_one_statement_that_hangs_does_not_stop_all(world, start):
    """One backend is stopped: who is not in its statement goes on."""
    assert world.program.stop()[0] == 0
    try:
        key = world.key()
        program = start()
        clients = [program.client() for _ in range(8)]

        def both_ask():
            for client in clients:
                client.send(request(bearer(key)))
            assert all(c.answer().status == 204 for c in clients)
            return len(backends(world)) >= 2

        assert world.cluster.wait_for(both_ask)
        victim = backends(world).pop()
        os.kill(victim, signal.SIGSTOP)
        good = 0
        try:
            # One at a time: at most one of them gets into that statement.
            for client in clients:
                client.send(request(bearer(key)))
                ready, _, _ = select.select([client.socket], [], [], 0.5)
                good += bool(ready) and client.answer().status == 204
        finally:
            os.kill(victim, signal.SIGCONT)
        assert good >= len(clients) - 1
        for client in clients:
            client.close()
    finally:
        world.program.start()


def test_end_with_waiting_requests(world, start, frozen):
    """The drain ends in its time; who waits for nothing is still answered."""
    key = world.key()
    # A thread that is in a statement then is left behind, which the thread
    # sanitizer takes for a fault.
    program = start(env={**os.environ,
                         "TSAN_OPTIONS": "report_thread_leaks=0"})
    waiting = [program.client() for _ in range(20)]
    assert ask(waiting[0], bearer(key)).status == 204
    frozen()
    for client in waiting:
        client.send(request(bearer(key)))
    with program.client() as client:
        client.send(request(EMPTY))
        program.process.send_signal(signal.SIGTERM)
        assert code(client.answer()) == EMPTY_CODE
    status, seconds = program.stop()
    print(f"ended in {seconds:.3f} s")
    assert status == 0, program.log.read_text()
    assert not (program.root / "fcgi.sock").exists()
    line = program.wait_log(" stop ")[0]
    assert re.search(r" ms=(\d+)", line), line
    assert int(re.search(r" ms=(\d+)", line).group(1)) < 1400, line


def test_no_request_is_swallowed_by_the_end(world, start):
    """What could be sent before the end is answered, with its verdict."""
    key = world.key()
    answered = 0
    for i in range(12):
        program = start()
        clients = [program.client() for _ in range(6)]
        for client in clients:
            assert ask(client, bearer(key)).status == 204
        killer = threading.Timer(i / 1000, program.process.terminate)
        killer.start()
        while clients:
            for client in list(clients):
                try:
                    client.send(request(bearer(key)))
                except BrokenPipeError:
                    clients.remove(client)
                    continue
                assert client.answer().status == 204
                answered += 1
        killer.join()
        assert program.stop()[0] == 0
        assert program.wait_log(" stop ")[0].endswith("cut_off=0")
    print(f"{answered} answered, none swallowed")


def problem_type(answer):
    return re.search(rb'"type":"([^"#]*)#', answer.body).group(1).decode()


def test_settings_of_waiting_requests(world, start, frozen):
    """Each request keeps those that it began with."""
    key = world.key()
    program = start(workers=1)
    good = program.config.read_text()
    with program.client() as early, program.client() as late:
        assert ask(late, bearer(key)).status == 204
        program.wait_log(" connection ", 2)
        thaw = frozen()
        early.send(request(bearer(key)))
        # Answered after it by the one worker: it was begun before.
        program.config.write_text(good + "[problem]\ntype_base = /other#\n")
        assert problem_type(ask(late, EMPTY)) == "/hasp/errors"
        program.process.send_signal(signal.SIGHUP)
        program.wait_log("config_read restart_needed=no")
        assert problem_type(ask(late, EMPTY)) == "/other"
        late.send(request(bearer(key)))
        assert problem_type(early.answer()) == "/hasp/errors"
        assert problem_type(late.answer()) == "/other"
        thaw()
        assert comes_back(world, program, key)


def test_another_database_by_signal(world, start):
    key = world.key()
    program = start()
    good = program.config.read_text()
    lost = re.sub(r"host='[^']*'", "host='/nowhere'", good)
    assert lost != good
    with program.client() as client:
        for n, (text, status) in enumerate(((lost, 503), (good, 204)) * 3):
            program.config.write_text(text)
            program.process.send_signal(signal.SIGHUP)
            program.wait_log("config_read restart_needed=no", n + 1)
            if status == 503:
                assert ask(client, bearer(key)).status == status
            else:
                assert comes_back(world, program, key)
                # Each thread that answers makes a connection of its own.
                assert world.cluster.wait_for(
                    lambda: ask(client, bearer(key)).status == 204)


def test_thousands_of_connections(world, start, frozen):
    """All of them wait at once, and nobody is refused for it."""
    want = 2500
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < want + 100:
        pytest.skip("too few files may be open")
    some = [world.key() for _ in range(5)]
    program = start(max_connections=want + 100)
    clients = [program.client(timeout=30) for _ in range(want)]
    with program.client() as client:
        assert ask(client, bearer(some[0])).status == 204
    thaw = frozen()
    for i, client in enumerate(clients):
        client.send(request(bearer(some[i % 5])))
    with program.client() as client:
        assert code(ask(client, EMPTY)) == EMPTY_CODE
    thaw()
    for i, client in enumerate(clients):
        got = client.answer()
        # Those that were in a statement when time was up, if any.
        if got.status == 503:
            assert code(got) == "database_down"
        else:
            assert header(got, "X-Hasp-Key") == some[i % 5].id
    assert comes_back(world, program, some[0])
    for i, client in enumerate(clients):
        client.send(request(bearer(some[i % 5])))
    for i, client in enumerate(clients):
        assert header(client.answer(), "X-Hasp-Key") == some[i % 5].id
        client.close()


def test_more_clients_than_connections(world, start, frozen):
    """Those that wait cannot be closed for others: they come later."""
    key = world.key()
    program = start(max_connections=8)
    with program.client() as client:
        assert ask(client, bearer(key)).status == 204
    thaw = frozen()
    clients = [program.client() for _ in range(40)]
    for client in clients:
        client.send(request(bearer(key)))
    thaw()
    for client in clients:
        assert client.answer().status == 204
    for client in clients:
        client.close()


def files(program):
    return len(os.listdir(f"/proc/{program.process.pid}/fd"))


def test_clients_that_leave_while_they_wait(world, start, frozen):
    key = world.key()
    program = start()
    # Both threads of the lane are connected before anything is counted.
    with program.client() as client:
        assert ask(client, bearer(key)).status == 204
        for _ in range(3):
            others = [program.client() for _ in range(30)]
            for other in others:
                other.send(request(bearer(key)))
            for other in others:
                assert other.answer().status == 204
                other.close()
        before = files(program)
        thaw = frozen()
        leaving = [program.client() for _ in range(60)]
        for i, other in enumerate(leaving):
            other.send(request(bearer(key)))
            if i % 2:
                other.close()
        assert code(ask(client, EMPTY)) == EMPTY_CODE
        for other in leaving:
            other.close()
        thaw()
        assert comes_back(world, program, key)
        assert world.cluster.wait_for(lambda: files(program) <= before + 1)
        assert ask(client, bearer(key)).status == 204


def test_flood_of_unknown_keys_is_a_bounded_load(world, start):
    """However many ask, so many look-ups a second and no more; nobody is
    refused for it, a key made a moment ago included."""
    program = start(max_connections=100)
    # Each statement is a line of the database's log.
    world.sql("ALTER SYSTEM SET log_min_duration_statement = 0")
    world.sql("SELECT pg_reload_conf()")
    done, asked, said = threading.Event(), [], set()

    def statements():
        return len(re.findall(r"execute look_up_keys:", world.cluster.log()))

    def flood():
        with program.client() as client:
            while not done.is_set():
                said.add(code(ask(client, f"Bearer {keys.make()}")))
                asked.append(1)

    try:
        assert comes_back(world, program, world.key())
        assert world.cluster.wait_for(lambda: statements() > 0)
        before, begun = statements(), time.monotonic()
        # Few of them: each look-up then is for one or two keys.
        threads = [threading.Thread(target=flood) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(4):
            time.sleep(0.5)
            with program.client() as client:
                assert ask(client, bearer(world.key())).status == 204
        done.set()
        for thread in threads:
            thread.join()
        most = 100 + 1000 * (time.monotonic() - begun)
        run = statements() - before
        print(f"{len(asked)} asked, {run} look-ups, at most {most:.0f}")
        assert said == {"key_unknown"}
        assert 0 < run <= most + 1
    finally:
        world.sql("ALTER SYSTEM RESET log_min_duration_statement")
        world.sql("SELECT pg_reload_conf()")


def test_limit_of_connections(world, start):
    """Each request that waits needs a place of its own."""
    key = world.key()
    program = start(max_connections=65536, workers=64)
    line = program.wait_log("max_connections_lowered")[0]
    assert re.search(r"wanted=65536 limit=2048$", line), line
    with program.client() as client:
        assert ask(client, bearer(key)).status == 204
