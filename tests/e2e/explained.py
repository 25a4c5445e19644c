# SPDX-License-Identifier: ISC
"""explained: what the log tells people in words, as explain.def has it."""

import re

from nginx_server import SOURCE

ROW = re.compile(r'^([CV])\("(\w+)",\s*((?:"[^"]*"\s*)+),\s*((?:"[^"]*"\s*)+)'
                 r'\)$', re.M)


def words():
    """name -> (explanation, mend), of codes and of events."""
    text = (SOURCE / "common/explain.def").read_text(encoding="ascii")
    return {name: tuple("".join(re.findall('"([^"]*)"', part)) or None
                        for part in parts)
            for _, name, *parts in ROW.findall(text)}
