# SPDX-License-Identifier: ISC
"""What the tests with faults share. They use the modules of tests/e2e."""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
for folder in (TESTS, TESTS / "e2e"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
