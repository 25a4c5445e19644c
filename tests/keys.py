# SPDX-License-Identifier: ISC
"""keys: key texts made at run time, and their rows put straight into a
database, for tests that need states no program makes (yet)."""

import hashlib
import random
import string
import zlib

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def check_digits(text):
    """The six digits that end a key whose rest is TEXT."""
    crc, out = zlib.crc32(text.encode()), ""
    for _ in range(6):
        out = DIGITS[crc % 62] + out
        crc //= 62
    return out


def make(environment="live", prefix="hasp"):
    """A whole key that nobody has."""
    text = "%s_%s_" % (prefix, environment) + "".join(
        random.choices(DIGITS, k=32))
    return text + check_digits(text)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def make_id():
    return "key_" + "".join(random.choices(DIGITS, k=16))


class Key:
    """A key in the DATABASE of CLUSTER. Columns of hasp.key and, with secret_
    before them, of hasp.secret, as SQL expressions."""

    def __init__(self, cluster, database, account, environment="live",
                 role="'read'", **columns):
        self.cluster = cluster
        self.database = database
        self.account = account
        self.id = make_id()
        self.text = make(environment)
        key = {"id": "'%s'" % self.id, "account": str(account),
               "name": "'a key'", "kind": "'access_token'", "role": role,
               "environment": "'%s'" % environment,
               "created_by": "'operator'"}
        secret = {"digest": "'\\x%s'" % digest(self.text),
                  "key_id": "'%s'" % self.id, "version": "1",
                  "last_four": "'%s'" % self.text[-4:]}
        for name, value in columns.items():
            if name.startswith("secret_"):
                secret[name[7:]] = value
            else:
                key[name] = value
        self.sql("".join("INSERT INTO hasp.%s (%s) VALUES (%s);" % (
            table, ", ".join(row), ", ".join(row.values()))
            for table, row in (("key", key), ("secret", secret))))

    def sql(self, text):
        return self.cluster.psql(self.database, text)

    def update(self, what):
        """When it returns it counts, for verifiers too."""
        self.cluster.change(self.database, "UPDATE hasp.key SET %s WHERE id = "
                            "'%s'" % (what, self.id))
