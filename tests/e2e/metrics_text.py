# SPDX-License-Identifier: ISC
"""metrics_text: the Prometheus text format 0.0.4, read strictly, and the
sockets that tell it."""

import re

from fcgi_raw import Client

TYPE = "text/plain; version=0.0.4; charset=utf-8"
ASK = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/metrics",
       "DOCUMENT_URI": "/metrics", "REMOTE_ADDR": "127.0.0.1"}
SAMPLE = re.compile(r'([a-z_]+)(?:\{([a-z_]+)="([^"\\\n]*)"\})? '
                    r"(\d+(?:\.\d+)?)")
LABELS = {"code", "le", "result", "version"}
SUFFIXES = {"counter": ("",), "gauge": ("",),
            "histogram": ("_bucket", "_sum", "_count")}


class Text:
    """What one scrape told."""

    def __init__(self, text):
        assert text.endswith("\n")
        self.types = {}     # metric -> type
        self.values = {}    # (name, value of the label or None) -> number
        current = helped = None
        for line in text[:-1].split("\n"):
            if line.startswith("# HELP "):
                helped = line.split(" ")[2]
                assert helped not in self.types, "told twice"
                continue
            if line.startswith("# TYPE "):
                current, kind = line.split(" ")[2:]
                assert current == helped
                self.types[current] = kind
                continue
            self._sample(line, current)
        for name, kind in self.types.items():
            if kind == "histogram":
                self._histogram(name)

    def _sample(self, line, metric):
        name, label, value, number = SAMPLE.fullmatch(line).groups()
        assert label is None or label in LABELS
        assert name in [metric + s for s in SUFFIXES[self.types[metric]]]
        assert (name, value) not in self.values
        self.values[name, value] = float(number)

    def _histogram(self, name):
        buckets = [(float(le), n) for (what, le), n in self.values.items()
                   if what == name + "_bucket"]
        assert buckets == sorted(buckets)
        assert [n for _, n in buckets] == sorted(n for _, n in buckets)
        assert buckets[-1] == (float("inf"), self(name + "_count"))

    def __call__(self, name, value=None):
        return self.values[name, value]

    def all(self, name):
        """Value of the label -> number, without those that are 0."""
        return {value: number for (what, value), number in self.values.items()
                if what == name and number}

    def since(self, before, name="hasp_requests_total"):
        """What was counted since the scrape BEFORE."""
        old = before.all(name)
        return {value: number - old.get(value, 0) for value, number
                in self.all(name).items() if number != old.get(value, 0)}


def scrape(where, **changes):
    """The answer of the socket WHERE."""
    with Client(where) as client:
        return client.ask({**ASK, **changes})


def read(where):
    """What the socket WHERE tells."""
    answer = scrape(where)
    assert answer.status == 200
    headers = dict(answer.headers)
    assert headers["Content-Type"] == TYPE
    assert headers["Cache-Control"] == "no-store"
    assert int(headers["Content-Length"]) == len(answer.body)
    return Text(answer.body.decode("ascii"))
