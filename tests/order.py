# SPDX-License-Identifier: ISC
"""The order in which locks are taken, held by triggers while tests run: rows
of what is managed, then the head of the chain, then the fence. A transaction
that changed a row after its first event could wait in a circle with another.

    cluster.psql(database, ORDER)
"""

TABLES = ("account", "app", "app_secret", "attempt", "connect_code",
          "connection", "idempotency", "key", "member", "plan",
          "proof", "recovery_code", "region", "secret", "session")

ORDER = """
    CREATE SCHEMA IF NOT EXISTS tests;
    GRANT USAGE ON SCHEMA tests TO PUBLIC;
    CREATE OR REPLACE FUNCTION tests.order() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        IF EXISTS (SELECT FROM hasp.audit_head WHERE
                xmin = pg_current_xact_id_if_assigned()::xid) THEN
            RAISE EXCEPTION 'hasp.% is changed after an event was logged',
                TG_TABLE_NAME;
        END IF;
        RETURN NULL;
    END $$;
""" + "".join("""
    CREATE OR REPLACE TRIGGER tests_order BEFORE INSERT OR UPDATE OR DELETE
        ON hasp.%s FOR EACH STATEMENT EXECUTE FUNCTION tests.order();
""" % table for table in TABLES)
