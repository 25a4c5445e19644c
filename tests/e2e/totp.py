# SPDX-License-Identifier: ISC
"""totp: one-time codes as an authenticator makes them (RFC 6238)."""

import base64
import hashlib
import hmac
import struct
import time


def code(secret, shift=0, now=None):
    """The code of the base32 SECRET, SHIFT steps of 30 s from NOW."""
    step = int((time.time() if now is None else now) // 30) + shift
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff
    return f"{number % 1000000:06d}"


class Authenticator:
    """Gives codes that were not given before: each counts once. One step of
    skew is allowed to either side."""

    def __init__(self, secret):
        self.secret = secret
        self._last = int(time.time() // 30) - 2

    def next(self):
        """Waits for a code if the next ones lie too far ahead."""
        step = max(self._last + 1, int(time.time() // 30) - 1)
        while step > int(time.time() // 30) + 1:
            time.sleep(0.1)
        self._last = step
        return code(self.secret, now=step * 30)
