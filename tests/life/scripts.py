"""A life with the scripts, and gcloud against the stand-in for the cloud (tests/cloud)."""
import pathlib
import sys
import tomllib

from cases import Wrong
from life import Life

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cloud"))
import converge  # noqa: E402
from cloud import Cloud, Place  # noqa: E402

STOPS = "stops and changes nothing"
SCRIPTS = {"governance": "1-governance.sh", "foundation": "2-foundation.sh", "services": "3-services.sh"}


class Scripts(Life):
    """A life on a cloud of its own, which begins empty or as another one is."""

    def __init__(self, folder, ravelin, begin, gcloud):
        super().__init__(folder, ravelin, begin)
        scratch = folder / "scratch"  # below the folder, and of no interest to `generate`
        scratch.mkdir(exist_ok=True)
        self.cloud = Cloud(scratch / folder.name)
        self.place = Place(folder, "prod", self.cloud, gcloud, scratch / folder.name)
        self.place.scripts = folder / "gcloud" / "prod"
        blueprint = tomllib.loads((folder / "ravelin.toml").read_text(encoding="utf-8"))
        self.place.numbers = {self.place.project: str(blueprint["environments"]["prod"]["project_number"])}
        if isinstance(begin, Scripts):
            self.cloud.restore(begin.saved)
        else:
            converge.begin(self.place)
            for stage in ("foundation", "secrets.sh", "services"):
                self.apply(stage)
            self.saved = self.cloud.save()

    def script(self, name, *arguments, **more):
        ran = self.place.run(name, *arguments, **more)
        if ran.status != 0:
            raise Wrong(str(ran))
        return ran.last

    def apply(self, stage):
        """What a stage does."""
        if stage == "secrets.sh":
            return self.put()
        before = self.cloud.state()
        ran = self.place.run(SCRIPTS[stage])
        if ran.status != 0 and self.cloud.state() == before:
            return f"{SCRIPTS[stage]} {STOPS}"
        if ran.status != 0:
            raise Wrong(str(ran))
        return f"{SCRIPTS[stage]} {ran.last.rpartition(', unchanged')[0]}"

    def put(self):
        """Puts values into secrets until no version is missing that something asks for."""
        added = 0
        for _ in range(5):
            ran = self.place.run("secrets.sh", "--check")
            if ran.status == 0:
                return f"secrets.sh --check misses {added}"
            for line in ran.said.splitlines():
                if line.endswith(" missing"):
                    self.script("secrets.sh", line.split(" ")[0], text="a value")
                    added += 1
        raise Wrong(str(ran))

    def step(self, step):
        """Does a step; what comes of it, a line each."""
        said, order = self.live(step)
        if order is None:
            return said
        happened = [self.apply(stage) for stage in order]
        if happened[-1].endswith(STOPS):
            return happened
        for stage in order:
            again = self.apply(stage)
            if not again.endswith((" created 0, updated 0", " misses 0")):
                raise Wrong(f"a second time: {again}")
        happened += self.verify()
        for command in step.hand:
            ran = self.place.run("-c", command)
            if ran.status != 0:
                raise Wrong(f"{command}: {ran}")
        if step.hand and (left := self.verify()):
            raise Wrong("by hand, and yet:\n" + "\n".join(left))
        return happened

    def verify(self):
        """The facts that do not hold and can only be put right by hand: the scripts take nothing away from anybody."""
        ran = self.place.run("verify.sh")
        if ran.status == 0:
            return []
        wrong, fact = [], ""
        for line in ran.said.splitlines():
            if line[1:2] != " ":
                fact = line.split(maxsplit=1)[0] if line.strip() else ""  # what is found may stand on a line of its own
            if line.endswith(" ✗"):
                wrong.append(fact)
        if ran.status != 1 or f"to restore them: {len(wrong)} by hand" not in ran.last:
            raise Wrong(str(ran))
        return [f"by hand {fact}" for fact in wrong]

    def end(self):
        self.cloud.close()
        super().end()
