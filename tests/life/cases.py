"""The cases of cases.txt: what is edited, and what comes of it."""
import pathlib
import re

CASES = pathlib.Path(__file__).with_name("cases.txt")


FULL = " with --full"


class Wrong(Exception):
    """Something is not as it should be."""


class Step:
    """An edit, as lines that begin with `- ` and `+ `, and what comes of it with Terraform and with the scripts.

    Where `scripts` is None, the scripts are not run. `hand` are the commands that a person types after them.
    """

    def __init__(self):
        self.edit, self.gives, self.scripts, self.full, self.hand = [], [], None, False, []

    def apply(self, text):
        """The blueprint as it is edited."""
        for hunk in re.findall(r"(?:^- .*\n)*(?:^\+ .*\n)*", "".join(line + "\n" for line in self.edit), re.M):
            lines = hunk.splitlines(keepends=True)
            old = "".join(line[2:] for line in lines if line.startswith("- "))
            new = "".join(line[2:] for line in lines if line.startswith("+ "))
            if old and text.count("\n" + old) != 1:
                raise Wrong(f"the blueprint does not have this once:\n{old}")
            text = text.replace("\n" + old, "\n" + new) if old else text + ("\n" + new if new else "")
        return text


class Case:
    """What happens one after the other to what is applied already."""

    def __init__(self, title):
        self.name, self.about, self.steps = title.removesuffix(FULL), [], []
        self.full = title != self.name

    def has_scripts(self, full):
        """Whether the scripts are run, with --full or without."""
        return any(step.scripts is not None and (full or not step.full) for step in self.steps)


def read():
    cases = []
    part = None
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("case "):
            cases.append(Case(line.removeprefix("case ")))
            part = cases[-1].about
        elif line == "edit":
            cases[-1].steps.append(Step())
            part = cases[-1].steps[-1].edit
        elif line == "gives":
            part = cases[-1].steps[-1].gives
        elif line in ("scripts", "scripts with --full"):
            part = cases[-1].steps[-1].scripts = []
            cases[-1].steps[-1].full = line != "scripts"
        elif line == "hand":
            part = cases[-1].steps[-1].hand
        elif line:
            part.append(line)
    return cases


def write(cases):
    text = []
    for case in cases:
        text += [f"case {case.name}{FULL if case.full else ''}", *case.about]
        for step in case.steps:
            text += ["", "edit", *step.edit, "gives", *step.gives]
            if step.scripts is not None:
                text += ["scripts with --full" if step.full else "scripts", *step.scripts]
            if step.hand:
                text += ["hand", *step.hand]
        text += ["", ""]
    CASES.write_text("\n".join(text).rstrip("\n") + "\n", encoding="utf-8")


def differences(expected, happened):
    """What differs, a line each; nothing where all is as expected."""
    if happened == expected:
        return []
    lines = [f"lacks {line}" for line in expected if line not in happened]
    lines += [f"has   {line}" for line in happened if line not in expected]
    return lines or ["the same lines in another order"]
