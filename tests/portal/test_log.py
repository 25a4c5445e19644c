# SPDX-License-Identifier: ISC
"""The log: filters, pages, one entry, exports, the chain's state."""

import pytest

from log_world import history, sql
from portal_world import MODES

CHECKPOINT = """
    INSERT INTO hasp.checkpoint (seq, hash, at, note) VALUES (
        (SELECT coalesce(max(seq), 0) + 1 FROM hasp.checkpoint), sha256(''),
        now() - interval '40 seconds', E'hasp.example.com/log\\n1204\\n' ||
        E'47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n\\n' ||
        E'- hasp.example.com/log AAAAAAAA\\n')
"""


@pytest.mark.parametrize("mode", MODES)
def test_log(walker, mode):
    made = history(walker.stack)
    sql(walker.stack, CHECKPOINT)
    walker.walk("flow_log", mode, made.account, keys=made.keys)
    sql(walker.stack, "DELETE FROM hasp.checkpoint")


@pytest.mark.parametrize("mode", MODES)
def test_log_that_nobody_signed(walker, mode):
    walker.walk("flow_log_unsigned", mode)
