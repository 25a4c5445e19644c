# SPDX-License-Identifier: ISC
"""journal_file: what the journals in a folder hold, read from their files as
common/entry.c and common/segment.c write them, without their code."""

import pathlib
import re
import struct
import uuid
from dataclasses import dataclass

HEAD = 4096
SLOT = struct.Struct("<qqIi16s16s16s20s24sBBhII")
LOST = struct.Struct("<Q")
LOST_AT = 56
METHODS = ("other GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT COPY "
           "LOCK MKCOL MOVE PROPFIND PROPPATCH UNLOCK").split()
MASK = (1 << 64) - 1
ROOT = pathlib.Path(__file__).resolve().parents[2]


def number(code):
    """The number that a code is kept as: str_hash, its upper half."""
    h = 0xcbf29ce484222325
    for byte in code.encode():
        h = ((h ^ byte) * 0x100000001b3) & MASK
    h = ((h ^ h >> 32) * 0x9e3779b97f4a7c15) & MASK
    return (h ^ h >> 29) >> 32


CODES = {number(code): code for code in ["ok"] + re.findall(
    r'^E\(\w+, \d+, "(\w+)"', (ROOT / "common" / "errors.def").read_text(),
    re.M)}


@dataclass
class Entry:  # pylint: disable=too-many-instance-attributes
    at: int
    account: int
    code: str
    version: int
    extra: bytes
    request: str
    address: bytes
    key: str
    site: str
    flags: int
    method: str
    status: int

    identified = property(lambda self: bool(self.flags & 1))
    repeated = property(lambda self: bool(self.flags & 2))
    hashed = property(lambda self: bool(self.flags & 4))
    has_request = property(lambda self: bool(self.flags & 8))
    has_app = property(lambda self: bool(self.flags & 16))
    has_credential = property(lambda self: bool(self.flags & 32))


def text(raw):
    return raw.rstrip(b"\0").decode("ascii")


def entry(slot, segment):
    """The entry of a slot; None: nothing stands there."""
    (at, account, code, version, extra, request, address, key, site, flags,
     method, status, _, word) = SLOT.unpack(slot)
    if word != (segment + 1) & 0xffffffff or at == 0:
        return None
    return Entry(at, account, CODES[code], version, extra, request.hex(),
                 address[:4] if flags & 64 else address, text(key),
                 text(site), flags, METHODS[method], status)


def segments(folder):
    """Number and bytes of each segment of all journals, oldest first."""
    for journal in sorted(p for p in pathlib.Path(folder).iterdir()
                          if re.fullmatch("[0-9a-f]{32}", p.name)):
        for path in sorted(journal.glob("*.seg")):
            yield int(path.stem, 16), path.read_bytes()


def read(folder):
    """All entries of all journals that are still there."""
    return [found for segment, data in segments(folder)
            for at in range(HEAD, len(data), SLOT.size)
            if (found := entry(data[at:at + SLOT.size], segment))]


def lost(folder):
    """Entries that found no room."""
    return sum(LOST.unpack_from(data, LOST_AT)[0]
               for _, data in segments(folder))


def app(found):
    return str(uuid.UUID(bytes=found.extra))
