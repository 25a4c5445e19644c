# SPDX-License-Identifier: ISC
"""What the style tests share: the files of the tree, C without its comments,
and TAP. HASP_SOURCE names the tree; else it is the one this file lies in."""

import os
import pathlib
import re
import sys

ROOT = pathlib.Path(os.environ.get("HASP_SOURCE") or
                    pathlib.Path(__file__).resolve().parents[2])

# What autogen.sh, configure, make and make dist may put into the tree.
_MADE_DIRS = {".git", "autom4te.cache", "build-aux", "__pycache__", ".deps",
              ".pytest_cache", "_build", "_inst", "node_modules", "dist"}
_MADE_FILES = {"aclocal.m4", "configure", "configure~", "Makefile",
               "Makefile.in", "config.log", "config.status",
               "test-suite.log", "statements.inc", "migrations.inc",
               "errors.html"}
_MADE_SUFFIXES = {".o", ".a", ".log", ".trs", ".xz", ".pyc"}


def files():
    """All files of the tree that somebody wrote, relative and in order."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in _MADE_DIRS
                      and not f.startswith("hasp-")]
        for name in names:
            path = pathlib.Path(folder, name)
            if (name in _MADE_FILES or path.suffix in _MADE_SUFFIXES
                    or not path.is_file()):
                continue
            if _is_program(path):
                continue
            found.append(path.relative_to(ROOT))
    return sorted(found)


def _is_program(path):
    with open(path, "rb") as f:
        return f.read(4) == b"\x7fELF"


def matching(*patterns):
    """Those of files() that match one of the glob patterns."""
    return [f for f in files() if any(f.match(p) for p in patterns)]


def c_files():
    return matching("*.c", "*.h")


def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


_C_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def c_code(text, strings=False):
    """C text with comments blanked, and with STRINGS false the inside of
    strings, too; every line keeps its number."""
    def blank(match):
        token = match.group()
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        return token if strings else token[0] * 2
    return _C_TOKEN.sub(blank, text)


class Tap:
    """Counts and prints test points; end() gives the exit status."""

    def __init__(self):
        self.count = self.failed = 0

    def point(self, name, breaches):
        """One test point: it holds if there are no BREACHES."""
        self.count += 1
        word = "not ok" if breaches else "ok"
        self.failed += bool(breaches)
        print(f"{word} {self.count} - {name}")
        for breach in breaches:
            print(f"# {breach}")

    def skipped(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")

    def end(self):
        print(f"1..{self.count}")
        sys.stdout.flush()
        return 1 if self.failed else 0


def skip(reason):
    """Ends the whole test as skipped."""
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)
