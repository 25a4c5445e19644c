# SPDX-License-Identifier: ISC
"""What the database tests share: one private cluster a run, a template with
the schema in it, one database a file. HASP_BUILD names the build folder."""

import os
import pathlib
import secrets
import shutil
import sys
import tempfile

import psycopg2
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

# pylint: disable=wrong-import-position
import driver  # noqa: E402
from cluster import Cluster  # noqa: E402


@pytest.fixture(scope="session")
def cluster():
    made = Cluster(tempfile.mkdtemp(prefix="hasp-sql.", dir="/tmp"))
    made.start()
    yield made
    made.remove()


@pytest.fixture(scope="session")
def passfile(cluster):
    """A password file for every login role; init takes the password."""
    path = pathlib.Path(cluster.folder) / "pass"
    path.write_text("*:*:*:*:%s\n" % secrets.token_hex(16))
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def template(cluster, passfile):
    """The name of a database with roles, schema and all migrations."""
    driver.need()
    word = passfile.read_text().strip().rsplit(":", 1)[1]
    cluster.createdb("template_hasp")
    with driver.Exercise(cluster.conninfo("template_hasp"),
                         query=60000) as admin:
        assert admin.ok("init", 1, word)["roles"] == list(driver.LOGINS)
        assert admin.ok("migrate", 0)["applied"] > 0
    cluster.psql("template_hasp", "CREATE ROLE hasp_nobody LOGIN")
    return "template_hasp"


@pytest.fixture(scope="module")
def database(request, cluster, template):
    """A fresh copy for each test file."""
    name = request.module.__name__.rsplit(".", 1)[-1]
    cluster.createdb(name, template)
    yield name
    cluster.dropdb(name)


@pytest.fixture
def sql(cluster, database):
    """A function: a psycopg2 connection, autocommitting, as a role."""
    opened = []

    def connect(role=None, name=database):
        conn = psycopg2.connect(cluster.conninfo(name))
        conn.autocommit = True
        opened.append(conn)
        if role is not None:
            conn.cursor().execute("SET ROLE " + role)
        return conn

    yield connect
    for conn in opened:
        conn.close()


@pytest.fixture
def exercise(cluster, database, passfile):
    """A function: a driver that logged in as a role, with its password."""
    opened = []

    def start(user="hasp_operator", name=database, **options):
        more = {} if user == "postgres" else {"passfile": passfile}
        more.update(options.pop("more", {}))
        made = driver.Exercise(
            options.pop("conninfo", None) or
            cluster.conninfo(name, user=user, **more), **options)
        opened.append(made)
        return made

    yield start
    for made in opened:
        made.close()


@pytest.fixture
def auth(exercise):
    """As auth-check: its timeouts, its breaker."""
    return exercise("hasp_auth", connect=800, query=1200, breaker=1)


@pytest.fixture
def new_key():
    return driver.Key


@pytest.fixture
def folder():
    """A short private path."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="hasp-sql.", dir="/tmp"))
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)
