"""A folder with a blueprint and what was generated from it."""
import hashlib
import re
import shutil
import subprocess

from cases import Wrong


def run(command, folder, allowed=(0,)):
    """A command that has ended, with what it said."""
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode not in allowed:
        raise Wrong(f"`{' '.join(map(str, command))}` ends with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


# Files beside the blueprint, for those cases that have them: a workflow's steps, and what messages look like.
BESIDE = ("steps.yaml", "note.avsc", "later-note.avsc", "note.proto")


class Life:
    """One folder, with the one environment `prod`."""

    def __init__(self, folder, ravelin, begin):
        """Begins with a blueprint, or with a copy of another life."""
        self.folder, self.ravelin = folder, ravelin
        if isinstance(begin, Life):
            shutil.copytree(begin.folder, folder, symlinks=True)
        else:
            folder.mkdir()
            shutil.copy(begin, folder / "ravelin.toml")
            for name in BESIDE:
                shutil.copy(begin.with_name(name), folder)
            self.generate()

    def generate(self):
        """The findings, and the stages in the order in which they are to be applied; None where it is refused."""
        done = run([self.ravelin, "generate"], self.folder, allowed=(0, 1, 2))
        found = re.findall(r"^(error|warning)\[([a-z-]+)\]", done.stderr, re.M)
        if done.returncode and not any(severity == "error" for severity, _ in found):
            raise Wrong(f"it could not be generated:\n{done.stderr}")
        order = re.search(r"^to apply in prod: (.*)$", done.stdout, re.M)
        codes = [code for _, code in found]
        return codes, None if done.returncode else order[1].split(", then ") if order else []

    def live(self, step):
        """Edits and generates: what is said, a line each, and the order."""
        blueprint = self.folder / "ravelin.toml"
        blueprint.write_text(step.apply(blueprint.read_text(encoding="utf-8")), encoding="utf-8")
        before = self.written()
        codes, order = self.generate()
        if order is None and self.written() != before:
            raise Wrong("it is refused, and yet something was written")
        return [f"{'refused' if order is None else 'warns'} {code}" for code in codes], order

    def written(self):
        """A hash of each file in the folder."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and ".terraform" not in path.parts]
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def end(self):
        shutil.rmtree(self.folder)
