# SPDX-License-Identifier: ISC
"""openapi: holds answers of the programs against docs/openapi.json."""


def check(method, path, answer):
    """ANSWER to METHOD on PATH is one that the document describes."""
