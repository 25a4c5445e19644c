# SPDX-License-Identifier: ISC
"""What the end-to-end tests share. HASP_BUILD names the build folder."""

import os
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

# pylint: disable=wrong-import-position
import auth_world  # noqa: E402
import echo_site  # noqa: E402
import manage_world  # noqa: E402
import nginx_server  # noqa: E402
import oauth_world  # noqa: E402
import stack as stack_module  # noqa: E402


@pytest.fixture(scope="module")
def folder():
    """A private folder with a path short enough for sockets."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="hasp-e2e.", dir="/tmp"))
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def needs_nginx():
    if nginx_server.find() is None:
        pytest.skip("nginx is not installed")


@pytest.fixture(scope="module")
def site():
    """A site over HTTP that shows what reached it."""
    echo = echo_site.EchoSite()
    yield echo
    echo.close()


@pytest.fixture(scope="session")
def stack(needs_nginx):  # pylint: disable=unused-argument
    """Database, auth-check, demo-site, nginx and four keys; real ones."""
    missing = stack_module.missing()
    if missing:
        pytest.skip(missing)
    made = stack_module.Stack()
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="module")
def world():
    """A database and auth-check, without a web server."""
    made = auth_world.World()
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="module")
def managed():
    """The same, with the programs that people manage things with."""
    made = manage_world.ManageWorld()
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="module")
def oauth():
    """The same, with the program that publishers' programs ask."""
    made = oauth_world.OauthWorld()
    try:
        yield made.start()
    finally:
        made.stop()
