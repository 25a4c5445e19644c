# SPDX-License-Identifier: ISC
"""haspctl audit: seal, sign, export, verify, drop, erase; and whoever writes
the database with all powers is found out."""

import json
import os
import signal
import subprocess
import time

import audit_log
import pytest

from cluster import Cluster
from haspctl_run import PROGRAM, clean_environment, haspctl
from haspctl_world import World

TEMPLATE = "audit_template"


@pytest.fixture(name="log", scope="module")
def make_log(folder):
    """A world with a log, sealed twice; each test gets a copy."""
    cluster = Cluster(folder / "pg")
    cluster.start()
    world = World(cluster, folder / "pass", TEMPLATE)
    made = Log(world, folder)
    done = made.run("audit", "keygen", made.key)
    assert done.returncode == 0, done.stderr
    made.fill(0, 20, 1, 0)
    made.checkpoint()
    made.fill(20, 20, 1, 30)
    made.checkpoint()
    made.whole()
    yield made
    cluster.stop("immediate")


@pytest.fixture(name="copy")
def make_copy(log, request):
    """A copy of the log, with files of its own."""
    name = "audit_%d" % (abs(hash(request.node.name)) % 10**9)
    log.world.cluster.createdb(name, TEMPLATE)
    folder = log.folder / name
    folder.mkdir()
    for file in ("checkpoints", "witness"):
        (folder / file).write_bytes((log.files / file).read_bytes())
    yield Log(log.world, log.folder, name, folder)
    log.world.cluster.dropdb(name)


class Log:
    """A database with a log, the key and where checkpoints go."""

    def __init__(self, world, folder, name=TEMPLATE, files=None):
        self.world, self.folder, self.name = world, folder, name
        self.files = files or folder
        self.key = folder / "audit.key"
        self.public = folder / "audit.key.pub"

    def sql(self, text, triggers=True):
        if not triggers:
            text = "SET session_replication_role = replica;\n" + text
        return self.world.cluster.psql(self.name, text)

    def run(self, *words):
        return haspctl("--database", self.conninfo(), *words)

    def conninfo(self):
        return self.world.cluster.conninfo(
            self.name, user="hasp_operator",
            passfile=self.world.passfiles / "hasp_operator.pgpass")

    def fill(self, start, count, journal, first):
        self.sql(audit_log.events([0, 5, 6, 7], count, start) +
                 audit_log.batch(journal, first, 30))

    def signing(self):
        return ("--key", self.key, "--file", self.files / "checkpoints",
                "--witness", self.files / "witness")

    def checkpoint(self, status=0):
        done = self.run("--json", "audit", "checkpoint", *self.signing())
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout) if status == 0 else done.stderr

    def verify(self, *words):
        """Status and report."""
        done = self.run("--json", "audit", "verify", "--key", self.public,
                        *words)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def whole(self, *words):
        status, report = self.verify(*words)
        assert (status, report["verdict"]) == (0, "whole"), report
        return report

    def tampered(self, *words):
        status, report = self.verify(*words)
        assert (status, report["verdict"]) == (1, "tampered"), report
        return report

    def export(self, *words):
        path = self.files / ("export-%d" % time.monotonic_ns())
        done = self.run("audit", "export", path, *words)
        assert done.returncode == 0, done.stderr
        return path


# -- what is whole -----------------------------------------------------------

def test_an_export_is_verified_without_a_database(copy):
    copy.fill(40, 8, 2, 3)
    path = copy.export()
    text = path.read_text()
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    checkpoints = copy.files / "checkpoints"
    done = haspctl("--json", "--database", "host=/nowhere", "audit", "verify",
                   "--key", copy.public, "--export", path, "--checkpoint",
                   checkpoints)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["events"] == 50 and report["checkpoints"] == 2
    assert report["unsigned"] == 2 and report["line"] is None
    assert report == copy.whole("--checkpoint", checkpoints)
    # The same again, but what an export is of is what there was.
    assert copy.export().read_text() == text
    assert copy.run("audit", "export", path).returncode == 73
    assert copy.run("audit", "verify", "--export", path).returncode == 2
    path.write_text(text[:len(text) * 2 // 3])
    status, report = copy.verify("--export", path)
    assert (status, report["verdict"]) == (2, "cannot tell")
    assert "broken off" in report["fault"]


def test_from_where_it_was_sealed(copy):
    first = copy.whole("--from", "1")["events"]
    later = copy.whole("--from", "10")["events"]
    assert 0 < later < first
    assert copy.run("audit", "verify", "--key", copy.public, "--from",
                    "1000").returncode == 2


def test_a_checkpoint_is_a_signed_note(copy):
    note = copy.sql("SELECT note FROM hasp.checkpoint ORDER BY seq DESC "
                    "LIMIT 1") + "\n"
    origin, seq, digest = audit_log.note_parts(note)
    assert (origin, str(seq), digest.hex()) == ("hasp", *copy.sql(
        "SELECT seq || ' ' || encode(hash, 'hex') FROM hasp.audit_event "
        "WHERE account = 0 ORDER BY seq DESC LIMIT 1").split(" "))
    assert note == (copy.files / "witness").read_text()
    assert (copy.files / "checkpoints").read_text().endswith(note)
    # Nothing happened since.
    assert copy.checkpoint() == {"seq": None, "hash": None, "chains": 0}


def test_keys(copy):
    assert oct(copy.key.stat().st_mode & 0o777) == "0o600"
    assert copy.run("audit", "keygen", copy.key).returncode == 73
    assert copy.run("audit", "keygen", copy.files / "k", "--name",
                    "a b").returncode == 65
    done = copy.run("audit", "keygen", copy.files / "k", "--name", "b/c")
    assert done.stdout == (copy.files / "k.pub").read_text()
    os.chmod(copy.files / "k", 0o644)
    assert copy.run("audit", "checkpoint", "--key",
                    copy.files / "k").returncode == 65
    assert copy.run("audit", "checkpoint", "--key",
                    copy.public).returncode == 65
    assert copy.run("audit", "verify", "--key",
                    copy.files / "k.pub").returncode == 2


def test_a_new_key_begins_with_all_of_the_chain(copy):
    done = copy.run("audit", "keygen", copy.files / "k")
    both = copy.files / "both"
    both.write_text(copy.public.read_text() + done.stdout)
    copy.fill(40, 8, 1, 60)
    done = copy.run("audit", "checkpoint", "--key", copy.files / "k")
    assert done.returncode == 0, done.stderr
    done = copy.run("audit", "verify", "--key", both)
    assert done.returncode == 0, done.stderr
    assert copy.verify()[0] == 2


def test_a_part_is_to_be_read(copy):
    path = copy.export("--account", "5")
    lines = path.read_text().splitlines()
    assert lines[0] == "hasp-audit-export-1\tpart"
    assert {line.split("\t")[1] for line in lines if line[0] == "e"} == {"5"}
    assert {line.split("\t")[4] for line in lines if line[0] == "u"} == {"5"}
    assert copy.verify("--export", path)[0] == 2
    path.write_text(path.read_text().replace("request-1\t", "request-2\t"))
    assert copy.verify("--export", path)[0] == 1
    path = copy.export("--since", "2026-11-20", "--until", "2026-11-21")
    kinds = [line[0] for line in path.read_text().splitlines()[1:]]
    assert set(kinds) == {"u", "z"}


# -- what is not ------------------------------------------------------------

def relinked(digits):
    """SQL that makes all hashes of an account's chain anew."""
    return """
DO $$ DECLARE e hasp.audit_event; before bytea := '\\x%s'; BEGIN
    FOR e IN SELECT * FROM hasp.audit_event WHERE account = 5 ORDER BY seq
    LOOP
        before := sha256(convert_to(E'hasp-audit-1\\n', 'UTF8') || before ||
            convert_to(hasp.audit_line(e), 'UTF8'));
        UPDATE hasp.audit_event SET hash = before
        WHERE account = 5 AND seq = e.seq;
    END LOOP;
    UPDATE hasp.audit_head SET hash = before WHERE account = 5;
    UPDATE hasp.audit_mark SET hash = before
    WHERE kind = 'account' AND id = 5;
END $$""" % digits


EVENT = "UPDATE hasp.audit_event SET %s WHERE account = 5 AND seq = 3;"
TAMPERING = [
    (EVENT % "actor = 'member:9'", "edited", "account", 5, 3),
    (EVENT % "at = at + interval '1 us'", "edited", "account", 5, 3),
    (EVENT % "detail = '{}'", "edited", "account", 5, 3),
    (EVENT % "hash = sha256(hash)", "edited", "account", 5, 3),
    ("UPDATE hasp.audit_person SET address = '192.0.2.9' WHERE account = 5 "
     "AND seq = 4", "edited", "account", 5, 4),
    ("DELETE FROM hasp.audit_person WHERE account = 5 AND seq = 4",
     "addresses are gone and no event tells of it", "account", 5, 0),
    ("DELETE FROM hasp.audit_event WHERE account = 5 AND seq = 3",
     "deleted", "account", 5, 3),
    ("DELETE FROM hasp.audit_event WHERE account = 5 AND seq = 10",
     "truncated", "account", 5, 10),
    ("DELETE FROM hasp.audit_event WHERE account = 0 AND seq > 11; UPDATE "
     "hasp.audit_head h SET seq = e.seq, at = e.at, hash = e.hash FROM "
     "hasp.audit_event e WHERE h.account = 0 AND e.account = 0 AND e.seq = 11",
     "truncated", "account", 0, 12),
    (EVENT % "actor = 'member:9'" + relinked("00" * 32), "rewritten",
     "account", 5, 1),
    ("UPDATE hasp.usage_event SET code = 'ok' WHERE journal = 1 AND pos = 7",
     "edited", "journal", 1, 0),
    ("DELETE FROM hasp.usage_event WHERE journal = 1 AND pos = 31",
     "deleted", "journal", 1, 30),
    ("UPDATE hasp.usage_event SET address = '192.0.2.99' WHERE journal = 1 "
     "AND pos = 31", "edited", "journal", 1, 30),
    ("UPDATE hasp.journal_batch SET events = 1 WHERE journal = 1 "
     "AND first = 30", "edited", "journal", 1, 30),
    ("DELETE FROM hasp.journal_batch WHERE journal = 1 AND first = 0",
     "deleted", "journal", 1, 0),
    ("UPDATE hasp.checkpoint SET note = replace(note, 'hasp' || E'\\n', "
     "'hosp' || E'\\n')", "edited", "account", 0, None),
    ("DROP TABLE hasp.usage_event_20261120", "deleted", "journal", 1, 0),
]


@pytest.mark.parametrize("sql, fault, kind, number, first", TAMPERING)
def test_who_can_write_the_database_is_found(copy, sql, fault, kind, number,
                                             first):
    copy.sql(sql, triggers=False)
    report = copy.tampered()
    assert (report["fault"], report[kind]) == (fault, number), report
    assert first in (None, report["first"]), report
    assert copy.tampered("--export", copy.export())["fault"] == fault


def test_all_written_anew_is_found_by_what_is_elsewhere(copy):
    """The database is put back to the first checkpoint and goes on."""
    copy.sql("DELETE FROM hasp.checkpoint WHERE seq = (SELECT max(seq) "
             "FROM hasp.checkpoint); DELETE FROM hasp.audit_event "
             "WHERE account = 0 AND seq > (SELECT max(seq) FROM "
             "hasp.checkpoint); DELETE FROM hasp.audit_event WHERE seq > 5 "
             "AND account <> 0; DELETE FROM hasp.audit_person WHERE seq > 5; "
             "DELETE FROM hasp.journal_batch WHERE first = 30; DELETE FROM "
             "hasp.usage_event WHERE pos >= 30; "
             "UPDATE hasp.audit_head h SET (seq, at, hash) = (SELECT e.seq, "
             "e.at, e.hash FROM hasp.audit_event e WHERE e.account = "
             "h.account ORDER BY e.seq DESC LIMIT 1); UPDATE hasp.journal j "
             "SET (shipped, hash) = (SELECT b.next, b.hash FROM "
             "hasp.journal_batch b WHERE b.journal = j.number); UPDATE "
             "hasp.audit_mark m SET (upto, at, hash) = (SELECT h.seq, h.at, "
             "h.hash FROM hasp.audit_head h WHERE h.account = m.id) WHERE "
             "kind = 'account'; UPDATE hasp.audit_mark m SET (upto, hash) = "
             "(SELECT j.shipped, j.hash FROM hasp.journal j WHERE j.number = "
             "m.id) WHERE kind = 'journal'", triggers=False)
    copy.whole()
    report = copy.tampered("--checkpoint", copy.files / "checkpoints")
    assert (report["fault"], report["account"]) == ("truncated", 0)
    before = (copy.files / "witness").read_text()
    assert "what was signed is gone" in copy.checkpoint(status=1)
    copy.fill(60, 20, 1, 30)
    assert "NOTHING WAS SIGNED" in copy.checkpoint(status=1)
    assert (copy.files / "witness").read_text() == before


@pytest.mark.parametrize("sql", [
    EVENT.replace("seq = 3", "seq = 11") % "hash = set_byte(hash, 3, "
    "get_byte(hash, 3) # 1)",
    EVENT.replace("seq = 3", "seq = 11") % "request_id = 'x'",
    "UPDATE hasp.audit_head SET hash = sha256(hash) WHERE account = 6",
    "UPDATE hasp.audit_event SET actor = 'system' WHERE account = 0 AND "
    "seq = (SELECT max(seq) FROM hasp.audit_event WHERE account = 0)",
    "UPDATE hasp.usage_event SET status = 200 WHERE journal = 1 AND pos = 61",
    "DELETE FROM hasp.usage_event WHERE journal = 1 AND pos = 61",
    "UPDATE hasp.checkpoint SET note = replace(note, 'hasp ', 'hasp  ')",
    "UPDATE hasp.audit_head SET seq = 4 WHERE account = 5"])
def test_one_bit_stops_the_signing(copy, sql):
    copy.fill(40, 8, 1, 60)
    copy.sql(sql, triggers=False)
    count = copy.sql("SELECT count(*) FROM hasp.checkpoint")
    assert "NOTHING WAS SIGNED" in copy.checkpoint(status=1)
    assert copy.sql("SELECT count(*) FROM hasp.checkpoint") == count


def test_the_witness_goes_nowhere_but_on(copy):
    old = (copy.files / "witness").read_text()
    copy.fill(40, 8, 1, 60)
    copy.checkpoint()
    new = (copy.files / "witness").read_text()
    assert audit_log.note_parts(new)[1] > audit_log.note_parts(old)[1]
    (copy.files / "witness").write_text(new.replace("hasp\n", "hosp\n", 1))
    assert "witness" in copy.checkpoint(status=1)


# -- what may go -------------------------------------------------------------

def test_erasing_leaves_it_whole_and_counts(copy):
    done = copy.run("--json", "audit", "erase", "--account", "5", "--member",
                    "1", "--yes")
    first = json.loads(done.stdout)
    assert first["events"] > 0 and first["uses"] == 0
    erased = copy.whole()["erased"]
    assert erased == first["events"]
    done = copy.run("--json", "audit", "erase", "--account", "6",
                    "--address", "192.0.2.1", "--yes")
    second = json.loads(done.stdout)
    assert (second["events"], second["uses"]) == (0, 1)
    copy.sql("INSERT INTO hasp.app_use SELECT a, gen_random_uuid(), now() - "
             "interval '1 hour', '192.0.2.1' FROM generate_series(7, 8) a")
    assert copy.run("audit", "erase", "--account", "7",
                    "--yes").returncode == 0
    assert copy.sql("SELECT account FROM hasp.app_use WHERE last_used_from "
                    "IS NOT NULL") == "8"
    report = copy.whole()
    assert report["erased"] > erased + 1 and report["unproven"] > 0
    assert copy.sql("SELECT count(*) FROM hasp.audit_person WHERE account = 7"
                    ) == "0"
    assert copy.sql("SELECT count(*) FROM hasp.usage_event WHERE account = 7 "
                    "AND address IS NOT NULL") == "0"
    # Nobody can try all addresses: the salt is gone.
    assert copy.sql("SELECT count(*) FROM hasp.journal_batch b JOIN "
                    "hasp.usage_event u ON u.journal = b.journal AND u.pos "
                    ">= b.first AND u.pos < b.next WHERE b.salt IS NOT NULL "
                    "AND u.address IS NULL AND u.address_hash IS NOT NULL"
                    ) == "0"
    copy.checkpoint()
    copy.whole("--export", copy.export())
    assert copy.run("audit", "erase", "--account", "5").returncode == 64
    assert copy.run("audit", "erase", "--account", "5", "--address", "x",
                    "--yes").returncode == 64


def test_dropping_what_is_old(copy):
    """Uses by day, events by month, and all of it goes on."""
    copy.sql(audit_log.batch(3, 0, 20, "2026-11-19") +
             audit_log.batch(3, 20, 20, "2026-11-21"))
    done = copy.run("--json", "audit", "prune", *copy.signing(), "--before",
                    "2026-11-21", "--yes")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["partitions"] == 2
    report = copy.whole("--checkpoint", copy.files / "checkpoints")
    assert report["batches"] == 1 and report["uses"] > 0
    path = copy.export()
    copy.whole("--export", path)
    copy.fill(40, 8, 3, 40)
    copy.checkpoint()
    copy.whole()
    # Again, with nothing that is old; and what its anchors are is proven.
    done = copy.run("--json", "audit", "prune", *copy.signing(), "--before",
                    "2026-11-20", "--yes")
    assert json.loads(done.stdout) == {"seq": None, "partitions": 0}
    copy.sql("UPDATE hasp.audit_anchor SET hash = sha256(hash) WHERE "
             "kind = 'journal' AND id = 1")
    assert copy.tampered()["verdict"] == "tampered"
    assert copy.run("audit", "prune", *copy.signing(), "--before", "1d",
                    "--yes").returncode == 65


def test_months_of_events_are_dropped(copy):
    """As if all of it had happened two months ago."""
    copy.sql("SELECT hasp.make_audit_month(now() - interval '60 days')")
    copy.sql("""
DO $$ DECLARE e hasp.audit_event; before bytea := decode(repeat('00', 32),
    'hex'); moved timestamptz; BEGIN
    FOR e IN SELECT * FROM hasp.audit_event WHERE account = 7 AND seq <= 5
        ORDER BY seq LOOP
        moved := e.at - interval '60 days';
        UPDATE hasp.audit_person SET at = moved
        WHERE account = 7 AND seq = e.seq;
        e.at := moved;
        before := sha256(convert_to(E'hasp-audit-1\\n', 'UTF8') || before ||
            convert_to(hasp.audit_line(e), 'UTF8'));
        UPDATE hasp.audit_event SET at = e.at, hash = before
        WHERE account = 7 AND seq = e.seq;
    END LOOP;
    DELETE FROM hasp.audit_event WHERE account = 7 AND seq > 5;
    DELETE FROM hasp.audit_person WHERE account = 7 AND seq > 5;
    UPDATE hasp.audit_head SET seq = 5, at = e.at, hash = before
    WHERE account = 7;
END $$; DELETE FROM hasp.audit_mark; DELETE FROM hasp.audit_event WHERE
account = 0; DELETE FROM hasp.audit_person WHERE account = 0; DELETE FROM
hasp.audit_head WHERE account = 0; DELETE FROM hasp.checkpoint""",
             triggers=False)
    (copy.files / "witness").unlink()
    (copy.files / "checkpoints").unlink()
    copy.checkpoint()
    copy.whole()
    month = copy.sql("SELECT to_char(date_trunc('month', now()), "
                     "'YYYY-MM-DD')")
    done = copy.run("--json", "audit", "prune", *copy.signing(), "--before",
                    month, "--yes")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["partitions"] >= 2
    copy.whole()
    copy.sql(audit_log.events([7, 0, 5], 6, 100))
    copy.checkpoint()
    copy.whole("--export", copy.export())


# -- going on ----------------------------------------------------------------

def test_again_and_again_through_an_outage(copy):
    """Signs what comes, waits for the database, and ends when it is told."""
    cluster = copy.world.cluster
    child = subprocess.Popen(
        [str(PROGRAM), "--database", copy.conninfo(), "audit", "checkpoint",
         *map(str, copy.signing()), "--every", "1"],
        env=clean_environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, encoding="utf-8")
    try:
        def last():
            return audit_log.note_parts(
                (copy.files / "witness").read_text())[1]

        before = last()
        copy.fill(40, 8, 1, 60)
        assert cluster.wait_for(lambda: last() > before)
        cluster.restart("immediate")
        before = last()
        copy.fill(48, 8, 1, 90)
        assert cluster.wait_for(lambda: last() > before, 20)
    finally:
        child.send_signal(signal.SIGTERM)
        _, words = child.communicate(timeout=20)
    assert child.returncode == 0, words
    assert "audit_checkpoint seq=" in words
    copy.whole("--checkpoint", copy.files / "checkpoints")


def test_tail(copy):
    lines = copy.run("audit", "tail").stdout.splitlines()
    assert len(lines) == 20 and "chain_sealed" in lines[-1]
    copy.sql(audit_log.events([5], 1, 99))
    done = copy.run("audit", "tail", "--account", "5", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, 12))
    assert rows[-1]["request_id"] == "request-99"
    child = subprocess.Popen(
        [str(PROGRAM), "--database", copy.conninfo(), "audit", "tail", "-f",
         "--account", "6"], env=clean_environment(), stdout=subprocess.PIPE,
        encoding="utf-8")
    try:
        for _ in range(10):
            child.stdout.readline()
        copy.sql(audit_log.events([6], 1, 77))
        assert "request-77" in child.stdout.readline()
    finally:
        child.terminate()
        child.communicate(timeout=10)


# -- journals ------------------------------------------------------------------

def test_a_journal_whose_host_is_gone_is_given_up(copy):
    copy.sql("UPDATE hasp.journal SET closed_at = now();"
             "SELECT hasp.open_journal('00000000-0000-4000-8000-0000000000aa',"
             " 'web1', 'auth-check', 0)")
    listed = json.loads(copy.run("--json", "audit", "journals").stdout)
    gone = listed[-1]
    assert (gone["host"], gone["program"]) == ("web1", "auth-check")
    assert gone["closed_at"] is None
    assert all(journal["closed_at"] for journal in listed[:-1])
    number = str(gone["number"])
    for words, status, says in (
            (("one", "--yes"), 64, "by its number"),
            (("0", "--yes"), 64, "by its number"),
            (("4000000000", "--yes"), 64, "by its number"),
            (("99999", "--yes"), 1, "no journal 99999"),
            ((number,), 64, "--yes"),
            ((number, "--yes"), 1, "within the last minute")):
        done = copy.run("audit", "abandon", *words)
        assert done.returncode == status, done.stderr
        assert says in done.stderr
    copy.sql("UPDATE hasp.journal SET complete_at = now() - interval '2 min'"
             " WHERE closed_at IS NULL")
    assert copy.run("audit", "abandon", number, "--yes").returncode == 0
    listed = json.loads(copy.run("--json", "audit", "journals").stdout)
    assert listed[-1]["closed_at"]
    done = copy.run("audit", "abandon", number, "--yes")
    assert done.returncode == 0 and "closed before" in done.stderr
    assert copy.sql("SELECT event FROM hasp.audit_event WHERE account = 0 "
                    "ORDER BY seq DESC LIMIT 1") == "journal_abandoned"
    copy.checkpoint()
    copy.whole()
