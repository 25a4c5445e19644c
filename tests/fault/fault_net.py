# SPDX-License-Identifier: ISC
"""fault_net: a network of its own for one program, with one cable to ours that
can be cut. A process holds it; with that process it is gone, and the cable."""

import os
import random
import secrets
import subprocess
import time

# Nobody has this address: what is sent to it is lost without a word.
NOBODY = "02:00:00:00:00:01"


class Refused(Exception):
    """The kernel does not let us."""


def _run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Refused(" ".join(words) + ": " + done.stdout.strip())
    return done.stdout


class Namespace:
    """OURS is our address on the cable, THEIRS the one at its other end."""

    def __init__(self):
        tag = secrets.token_hex(3)
        self.here, self.there = f"hf{tag}a", f"hf{tag}b"
        # Of the block for measurements (RFC 2544), one of 16384 quarters.
        base = (198 << 24 | 19 << 16) + 4 * random.SystemRandom().randrange(
            16384)
        self.network, self.ours, self.theirs = (
            ".".join(str(base + i >> shift & 255)
                     for shift in (24, 16, 8, 0)) for i in range(3))
        self.network += "/30"
        self._holder = None

    def open(self):
        """Makes it; Refused says why not."""
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--", "setpriv", "--pdeathsig", "KILL", "--",
             "sleep", "infinity"], stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        try:
            self._wait()
            _run("ip", "link", "add", self.here, "type", "veth", "peer",
                 "name", self.there, "netns", str(self._holder.pid))
            _run("ip", "address", "add", self.ours + "/30", "dev", self.here)
            _run("ip", "link", "set", self.here, "up")
            self._inside("address", "add", self.theirs + "/30", "dev",
                         self.there)
            self._inside("link", "set", self.there, "up")
        except (Refused, OSError):
            self.close()
            raise
        return self

    def _path(self):
        return f"/proc/{self._holder.pid}/ns/net"

    def _wait(self):
        """Until the holder is in a network that is not ours."""
        ours = os.readlink("/proc/self/ns/net")
        while self._holder.poll() is None:
            if os.readlink(self._path()) != ours:
                return
            time.sleep(0.005)
        raise Refused("no network namespace: " +
                      self._holder.stderr.read().decode().strip())

    def prefix(self):
        """The words before a command that runs it in there."""
        return ["nsenter", f"--net={self._path()}", "--"]

    def _inside(self, *words):
        _run(*self.prefix(), "ip", *words)

    # -- cuts; mend() takes all of them back -------------------------------

    def cut_cable(self):
        """Neither end hears anything, and both see that."""
        _run("ip", "link", "set", self.here, "down")

    def lose_theirs(self):
        """What they send does not arrive; what we send does."""
        self._inside("neighbour", "replace", self.ours, "lladdr", NOBODY,
                     "nud", "permanent", "dev", self.there)

    def lose_ours(self):
        """What we send does not arrive; what they send does."""
        _run("ip", "neighbour", "replace", self.theirs, "lladdr", NOBODY,
             "nud", "permanent", "dev", self.here)

    def mend(self):
        _run("ip", "link", "set", self.here, "up")
        _run("ip", "neighbour", "flush", "dev", self.here, "nud", "all")
        self._inside("neighbour", "flush", "dev", self.there, "nud", "all")

    def close(self):
        if self._holder is None:
            return
        # The cable first: a namespace ends some time after its last process.
        subprocess.run(["ip", "link", "delete", self.here], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._holder.kill()
        self._holder.wait()
        self._holder.stderr.close()
        self._holder = None
