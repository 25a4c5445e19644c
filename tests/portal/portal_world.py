# SPDX-License-Identifier: ISC
"""portal_world: what a walk through the portal needs: the built pages, Node, a
browser, and an account of its own. As a program it builds the pages."""

import json
import pathlib
import secrets
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
PORTAL = HERE.parents[1] / "nginx/portal"
MODES = ["light", "dark", "phone"]


def chromium():
    return shutil.which("chromium") or shutil.which("chromium-browser")


def missing():
    """Why nothing can be walked here; "" if it can."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not installed"
    if chromium() is None:
        return "chromium is not installed"
    return ""


def npm_ci(folder):
    """Installs what FOLDER's lock file names, unless it is there."""
    if not (folder / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=folder,
                       check=True, stdin=subprocess.DEVNULL)


def build():
    """Makes the pages out of what is in the tree now, and fetches what walks
    need."""
    npm_ci(PORTAL)
    subprocess.run(["node", "build.mjs"], cwd=PORTAL, check=True)
    npm_ci(HERE)


class Account:
    """An account with a person who may administer it."""

    def __init__(self, stack, name="Example Ltd", totp=False, admin=True):
        self.stack = stack
        self.id = stack.ctl("--quiet", "account", "create", "--name", name,
                            "--plan", "standard").strip()
        self.email = "p%s@example.org" % secrets.token_hex(5)
        self.password, self.totp = self.member(self.email, totp, admin)

    def member(self, email, totp=False, admin=True):
        """The password and authenticator's secret of one more person."""
        words = (["--totp"] if totp else []) + (["--admin"] if admin else [])
        said = self.stack.ctl("--quiet", "member", "create", "--account",
                              self.id, "--email", email, *words).split()
        return said[0], said[1] if totp else None

    def key(self, name="a key", role="read", environment="live", *more):
        """A new key's text."""
        return self.stack.ctl(
            "--quiet", "key", "create", "--account", self.id, "--name", name,
            "--role", role, "--environment", environment, *more).strip()


class Walker:
    """Runs flows, one after the other; pictures go to SHOTS."""

    def __init__(self, stack, shots):
        self.stack = stack
        self.shots = pathlib.Path(shots)
        self.url = f"https://127.0.0.1:{stack.nginx.tls_port}"
        self._node = subprocess.Popen(
            ["node", HERE / "walks.mjs", chromium()], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def walk(self, flow, mode, account=None, **more):
        """tests/portal/FLOW.mjs, as the person of ACCOUNT (default: a new
        one); MORE is for the flow, as it.more."""
        account = account or Account(self.stack)
        shots = self.shots / flow.removeprefix("flow_")
        shots.mkdir(parents=True, exist_ok=True)
        print(json.dumps({
            "flow": flow, "url": self.url, "email": account.email,
            "password": account.password, "totp": account.totp,
            "account": account.id, "mode": mode, "shots": str(shots),
            "more": more}), file=self._node.stdin, flush=True)
        said = self._node.stdout.readline()
        assert said, "the browser has ended"
        assert said == "null\n", json.loads(said)

    def stop(self):
        self._node.stdin.close()
        self._node.wait(30)


if __name__ == "__main__":
    build()
