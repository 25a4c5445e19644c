# SPDX-License-Identifier: ISC
"""accounts when things go wrong, and where its secrets must not be."""

import os
import pathlib
import re
import signal
import threading

from fcgi_raw import Closed
from manage_world import Session, refused


def test_the_database_stops(managed):
    member = managed.make_member()
    session = member.sign_in()
    proof = member.proof(session)
    managed.cluster.stop()
    try:
        for method, path, body in (
                ("POST", "/session", {"email": member.email,
                                      "password": member.password}),
                ("GET", "/session", None), ("DELETE", "/session", None),
                ("GET", "/account", None), ("GET", "/members", None),
                ("POST", "/members", {"email": "new@example.org"}),
                ("POST", "/session/totp", None)):
            answer = managed.call(method, path, body, session=session,
                                  proof=proof)
            refused(answer, 503, "database_down")
    finally:
        managed.cluster.start()
    assert managed.cluster.wait_for(lambda: managed.call(
        "GET", "/session", session=session).status == 200)
    assert managed.call("POST", "/session/totp", session=session,
                        proof=proof).status == 201


def test_killed_in_the_middle(managed):
    """What was begun is whole or not there."""
    admin = managed.make_member(account=managed.make_account())
    session = admin.sign_in()
    program = managed.programs["accounts"]
    for turn in range(4):
        proofs = [admin.proof(session) for _ in range(6)]
        answers = []

        def add(number, turn=turn, proofs=proofs, answers=answers):
            try:
                answers.append(managed.call("POST", "/members", {
                    "email": "killed%d-%d@example.org" % (turn, number)},
                    session=session, proof=proofs[number]))
            except (Closed, OSError):
                pass

        threads = [threading.Thread(target=add, args=(i,)) for i in range(6)]
        for thread in threads:
            thread.start()
        threads[turn].join(0.05 * (turn + 1))
        program.process.kill()
        program.process.wait()
        for thread in threads:
            thread.join()
        program.start()
        made = {a.json["id"] for a in answers if a.status == 201}
        rows = managed.sql(
            "SELECT m.id FROM hasp.member m WHERE m.email LIKE "
            "'killed%d-%%'" % turn).split()
        assert made <= {int(row) for row in rows}
        # Each has its row of the log, and used its proof up.
        assert managed.sql(
            "SELECT count(*) FROM hasp.member m WHERE m.email LIKE "
            "'killed%d-%%' AND NOT EXISTS (SELECT FROM hasp.audit_event e "
            "WHERE e.member = m.id AND e.event = 'member_created')" % turn
            ) == "0"
        left = int(managed.sql("SELECT count(*) FROM hasp.proof"))
        managed.sql("DELETE FROM hasp.proof")
        assert left == 6 - len(rows)


def test_secrets_are_found_nowhere(managed):
    """In no log, argument, environment; in the database as digests alone."""
    managed.cluster.psql("postgres", "ALTER SYSTEM SET log_min_error_"
                         "statement = 'error'; ")
    managed.cluster.psql("postgres", "ALTER SYSTEM SET log_min_messages = "
                         "'debug1'; ")
    managed.cluster.psql("postgres", "SELECT pg_reload_conf()")
    member = managed.make_member()
    answer = member.try_sign_in()
    session = Session(answer)
    secrets = [member.password, session.cookie, session.csrf]
    member.enrol(session)
    secrets += [member.secret, *member.codes]
    secrets += [code.replace("-", "") for code in member.codes]
    proof = member.proof(session)
    made = managed.call("POST", "/members", {"email": "found@example.org"},
                        session=session, proof=proof)
    secrets += [proof, made.json["password"]]
    member.try_sign_in("a password that is not right")
    member.try_sign_in(totp="918273")
    member.try_sign_in(recovery_code="abcd-efgh-ijkl-mnop")
    managed.call("POST", "/session", {"email": "secret.person@example.org",
                                      "password": "anotherone that is wrong"})
    # Statements that fail tell their values nowhere.
    proof = member.proof(session)
    refused(managed.call("POST", "/members", {"email": "found@example.org"},
                         session=session, proof=proof), 409, "email_taken")
    refused(managed.call("POST", "/members", {"email": "no address"},
                         session=session, proof=proof), 422, "invalid")
    new = "yet another password"
    assert managed.call("POST", "/session/password", {
        "password": member.password, "new_password": new},
        session=session).status == 200
    hashes = managed.sql("SELECT password_hash FROM hasp.member WHERE "
                         "password_hash IS NOT NULL").split("\n")
    secrets += [proof, new, "a password that is not right",
                "abcd-efgh-ijkl-mnop", "anotherone that is wrong", *hashes]
    program = managed.programs["accounts"]
    proc = pathlib.Path("/proc/%d" % program.process.pid)
    # A code has six digits, which the time of a line may have, too.
    assert "918273" not in re.sub(r"us=\d+", "", program.log.read_text())
    places = {"log": program.log.read_text(),
              "server": managed.cluster.log(),
              "argv": (proc / "cmdline").read_text(),
              "environ": (proc / "environ").read_text()}
    for name, text in places.items():
        for secret in secrets:
            assert secret not in text, name
    for email in ("secret.person", "found@", member.email):
        assert email not in places["log"]
    dump = managed.cluster.run(
        managed.cluster.bin + "/pg_dump", "-h", managed.cluster.folder, "-U",
        "postgres", "--data-only", "hasp", env={**os.environ, "LC_ALL": "C"})
    assert member.email in dump
    for secret in set(secrets) - set(hashes):
        assert secret not in dump, "dump"
    assert not re.search(r"secret|password", managed.sql(
        "SELECT string_agg(detail::text, ' ') FROM hasp.audit_event"))


def test_it_ends_while_passwords_wait(managed):
    """A signal ends it within a second or so, whoever still waits."""
    program = managed.programs["accounts"]

    def ask(number):
        try:
            managed.call("POST", "/session", {
                "email": "ends%d@example.org" % number, "password": "wrong"},
                REMOTE_ADDR=managed.place())
        except (Closed, OSError):
            pass

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    status, _ = program.stop(signal.SIGTERM)
    for thread in threads:
        thread.join()
    assert status == 0
    program.start()
