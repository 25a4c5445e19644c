# SPDX-License-Identifier: ISC
"""What it costs to read events and uses, as hasp_audit does: what a page needs,
wherever it stands, and never more than its window."""

import pytest
from driver import STATEMENTS

BY_NAME = {s.name: s for s in STATEMENTS}
ACCOUNT = 71

FILL = """
SET ROLE hasp_owner;
INSERT INTO hasp.account (id, name, plan, region) VALUES
    (71, 'a', 'standard', 'main'), (72, 'b', 'standard', 'main');
SELECT hasp.make_usage_day(now() - g * interval '1 day'),
    hasp.make_audit_month(now() - g * interval '1 day')
FROM generate_series(0, 40) g;
INSERT INTO hasp.usage_event (at, account, journal, pos, key_id,
    secret_version, app, code, status, method, site, request, request_hashed,
    repeated, address)
SELECT now() - (60000 - g) * interval '3 s', 71 + g % 2, 1, g,
    'key_' || lpad((g % 100)::text, 16, '0'), 1,
    CASE WHEN g % 100 = 0 THEN lpad((g % 300)::text, 32, '0')::uuid END, 'ok', 204, 'GET', '',
    md5(g::text)::uuid, false, false, '192.0.2.1'
FROM generate_series(1, 60000) g;
INSERT INTO hasp.audit_event (account, seq, at, actor, event, request_id,
    detail, hash)
SELECT 71 + g % 2, g, now() - (60000 - g) * interval '30 s', 'operator',
    'audit_read', md5(g::text), '{}', sha256('x')
FROM generate_series(1, 60000) g;
RESET ROLE;
ANALYZE hasp.usage_event; ANALYZE hasp.audit_event;
"""

APP = "'00000000-0000-0000-0000-000000000000'"
END = "'9999-12-31'"
USES = "71, '1970-01-01', %s, 0, 0, %s, '', %s, %s, 51"
APP_USES = "71, '1970-01-01', %s, 0, 0, '', " + APP + ", '', '', 51"
EVENTS = "71, '1970-01-01', %s, 0, '', '', %s, %s, '', 51"


@pytest.fixture(name="audit", scope="module")
def make_audit(cluster, database):
    cluster.psql(database, FILL)


@pytest.fixture(name="run")
def make_run(sql, audit):  # pylint: disable=unused-argument
    """(rows that come back, pages of tables and indexes that were looked at)
    of a statement, with the settings of the role."""
    conn = sql()
    conn.autocommit = False
    cursor = conn.cursor()
    cursor.execute("SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN "
                   "pg_roles r ON r.oid = s.setrole WHERE rolname = "
                   "'hasp_audit'")
    settings = [row[0].split("=", 1) for row in cursor.fetchall()]
    assert ["plan_cache_mode", "force_generic_plan"] in settings
    for name, value in settings:
        cursor.execute("SET LOCAL %s = %s" % (name, value))
    cursor.execute("SET LOCAL ROLE hasp_audit")
    cursor.execute("SET LOCAL hasp.account = '%d'" % ACCOUNT)

    def run(name, values):
        cursor.execute("PREPARE it AS " + BY_NAME[name].text)
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE it "
                       "(%s)" % values)
        plan = cursor.fetchone()[0][0]["Plan"]
        cursor.execute("DEALLOCATE it")
        assert "Seq Scan" not in str(plan)
        return plan["Actual Rows"], (plan["Shared Hit Blocks"] +
                                     plan["Shared Read Blocks"])

    yield run
    conn.rollback()


@pytest.mark.parametrize("name, values", [
    ("list_uses", USES % ("%s", "''", "''", "''")),
    ("list_key_uses", USES % ("%s", "'key_" + "0" * 16 + "'", "''", "''")),
    ("list_app_uses", APP_USES),
    ("list_events", EVENTS % ("%s", "''", "''"))])
def test_a_page_costs_the_same_wherever_it_stands(run, name, values):
    deep = "now() - interval '30 hours'"
    rows, first = run(name, values % END)
    assert rows == 51
    rows, last = run(name, values % deep)
    assert rows == 51 and last <= 2 * first, (first, last)


@pytest.mark.parametrize("name, values", [
    ("list_uses", USES % (END, "''", "'key_revoked'", "''")),
    ("list_uses", USES % (END, "''", "''", "'198.51.100.0/24'")),
    ("list_events", EVENTS % (END, "'key_created'", "''")),
    ("list_events", EVENTS % (END, "''", "'198.51.100.0/24'")),
    ("list_events", (EVENTS % (END, "''", "''")).replace(
        "'', 51", APP + ", 51"))])
def test_what_is_rare_is_looked_for_in_a_window(run, name, values):
    """One row comes back, which says how far was looked."""
    rows, pages = run(name, values)
    assert rows == 1
    # At most a page of the table and two of the index for each of 5 000, and
    # as much for an event's address.
    assert pages <= 5000 * 6


@pytest.mark.parametrize("name, values", [
    ("list_request_uses", USES % (END, "''", "''", "''") +
     ", md5('777'), false"),
    ("list_request_events", EVENTS % (END, "''", "''") + ", md5('777')")])
def test_one_request_is_found_by_an_index(run, name, values):
    rows, pages = run(name, values)
    other, _ = run(name, values.replace("777", "778"))
    assert sorted((rows, other)) == [0, 1]
    # Two or three of each partition's index.
    assert pages < 300
