# SPDX-License-Identifier: ISC
"""mutants: programs that break their word in one place, to show that the
histories would find it. Nothing of them is in the code itself: a literal text
of one file is replaced, and the program built anew from that file."""

import os
import pathlib
import subprocess

import fault_world

SOURCE = pathlib.Path(os.environ.get("HASP_SOURCE") or pathlib.Path(
    __file__).resolve().parents[2])


class Mutant:
    """PROGRAM with OLD, which stands once in the file PATH, become NEW. What
    the checker finds of it is FINDS, while FAULTS happen."""

    def __init__(self, path, old, new, finds, faults=(),
                 program="auth-check"):
        self.path, self.old, self.new = path, old, new
        self.finds, self.faults, self.program = finds, faults, program

    def text(self):
        """The file as it is to be."""
        text = (SOURCE / self.path).read_text(encoding="ascii")
        assert text.count(self.old) == 1, f"{self.path} is another now"
        return text.replace(self.old, self.new)

    def build(self, folder):
        """The program, made in FOLDER."""
        mutated = folder / pathlib.Path(self.path).name
        mutated.write_text(self.text(), encoding="ascii")
        made = folder / self.program
        build = fault_world.BUILD
        objects = sorted((build / "fcgi-apps" / self.program).glob("*.o"))
        subprocess.run(
            ["make", "-s", "-C", build, "mutant", f"MUTANT={made}",
             f"MUTATED={mutated}",
             "MUTANT_OBJECTS=" + " ".join(map(str, objects))], check=True,
            env={k: v for k, v in os.environ.items() if "MAKE" not in k})
        return made


# Of every program, with records kept or without.
ALWAYS = {
    "a revoked key works on": Mutant(
        "common/decision.c", "	if (r->key_revoked)\n",
        "	if (r->key_revoked && now == 0)\n", "late"),
    "a revoked connection works on": Mutant(
        "common/decision.c", "	if (r->connection_revoked)\n",
        "	if (r->connection_revoked && now == 0)\n", "late"),
}

# Of those that keep records and a lease (fault_world.FENCED).
FENCED = {
    "every record counts": Mutant(
        "common/page.c",
        "	if (!page_leased(page, now) ||\n"
        "	    atomic_load(&page->marks[PAGE_ALL]) > tag.asof)\n"
        "		return false;\n",
        "	if (now > 0)\n		return true;\n", "late"),
    "no mark is made": Mutant(
        "common/page.c", "	if (atomic_load(&page->marks[mark]) < seq)\n",
        "	if (seq < 0)\n", "late"),
    "a lease has no end": Mutant(
        "common/page.c",
        "	return now < atomic_load(&page->lease_end);\n",
        "	return now > 0 && atomic_load(&page->lease_end) > 0;\n", "late",
        ("pause_long", "cut_cable", "lose_theirs")),
}
