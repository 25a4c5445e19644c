# SPDX-License-Identifier: ISC
"""haspctl_run: calls the haspctl of the build folder."""

import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HASP_BUILD") or SOURCE)
PROGRAM = BUILD / "fcgi-apps" / "haspctl" / "haspctl"


def clean_environment(**more):
    """The environment without anything that changes what haspctl does."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith("PG") and k not in ("NO_COLOR", "LANG")}
    env.update(more)
    return env


def haspctl(*words, stdin="", env=None, cwd=None):
    """Run it; the finished process comes back, texts decoded."""
    return subprocess.run([str(PROGRAM), *map(str, words)], input=stdin,
                          env=clean_environment() if env is None else env,
                          cwd=cwd, capture_output=True, encoding="utf-8",
                          timeout=60, check=False)


def haspctl_json(*words, **more):
    """Run it with --json; exit status and the parsed output come back."""
    done = haspctl(*words, "--json", **more)
    return done.returncode, json.loads(done.stdout)


def table():
    """The command table, as the program tells it."""
    status, rows = haspctl_json("help")
    assert status == 0
    return rows


def words_of(row):
    return [row["noun"]] + ([row["verb"]] if row["verb"] else [])
