"""Whatever is changed by hand, verify.sh names it, and the scripts that it names repair it."""

import copy
import fnmatch
import re
import shlex

import same
import tamperings
from tamperings import Same, Stored

# What verify.sh says of a fact that it does not read.
WHY_NOT = [": stands nowhere in the cloud", ": everything here is looked up by it", ": a pipeline decides it"]
STAGE = re.compile(r"\./([123]-[a-z]+\.sh)")


def read(scripts):
    """The facts that verify.sh reads, with what each promises, and those that it says stand nowhere in the cloud."""
    facts, nowhere = {}, set()
    for line in (scripts / "verify.sh").read_text(encoding="utf-8").splitlines():
        if line.startswith("fact "):
            _, key, promised = shlex.split(line)[:3]
            facts[key] = promised
        elif line.startswith("latest_is_ready "):
            _, name, *others = shlex.split(line)  # a service, or of another kind and table
            facts[f"{others[1] if others else 'services'}.{name}.latest_revision"] = "ready"
        elif line.endswith(tuple(WHY_NOT)):
            nowhere.add(line.removeprefix("# ").partition(": ")[0])
    return facts, nowhere


def kinds(fact):
    """The kinds of change that break a fact: whichever element it is of, the same change is one kind."""
    return {(pattern, what) for pattern, what, _, _ in tamperings.of(fact)}


def known(place, checks, facts, nowhere):
    """Each fact can be broken, or has a reason why not."""
    reasons = {fact for fact in place.facts for pattern in tamperings.NOWHERE if fnmatch.fnmatchcase(fact, pattern)}
    idle = sorted(fact for fact in place.facts if fact not in facts and (fact not in nowhere or fact not in reasons))
    checks.check(f"{place.name}: every fact is read, or has a reason why not", not idle, ", ".join(idle))
    unbroken = sorted(fact for fact in facts if not tamperings.of(fact))
    checks.check(f"{place.name}: every fact has a tampering", not unbroken, ", ".join(unbroken))


def named(ran, fact):
    return re.search(rf"^ {re.escape(fact)} ", ran.said, re.MULTILINE)


class Tampers:
    def __init__(self, place, checks):
        self.place, self.checks = place, checks
        self.good, self.state = place.cloud.save(), place.cloud.state()
        self.facts, self.nowhere = read(place.scripts)

    def apply(self, saved, fact, change):
        """Does it to the saved cloud; false where it does not fit."""
        try:
            change(Stored(saved, self.place.project, fact), self.facts[fact])
        except Same:
            return False
        return True

    def rows(self, wanted):
        """Every tampering that is wanted and fits: fact, what, change, by hand."""
        for fact in sorted(self.facts):
            if not kinds(fact) & wanted:
                continue
            fits = 0
            for pattern, what, change, by_hand in tamperings.of(fact):
                if self.apply(copy.deepcopy(self.good), fact, change):
                    fits += 1
                    if (pattern, what) in wanted:
                        yield fact, what, change, by_hand
            self.checks.check(f"{self.place.name}: something breaks {fact}", fits)

    def alone(self, fact, what, change):
        """One change alone, and one fact alone."""
        saved = copy.deepcopy(self.good)
        self.apply(saved, fact, change)
        self.place.cloud.restore(saved)
        ran = self.place.run("verify.sh", "--only", fact)
        self.checks.check(f"{self.place.name}: {what}: verify.sh names {fact}", ran.status == 1 and named(ran, fact), ran)

    def groups(self, rows):
        """Changes that can be made together: of each fact one, and each change of an element once."""
        left = list(rows)
        while left:
            saved, done, facts, later = copy.deepcopy(self.good), set(), [], []
            for row in left:
                fact, what, change, _ = row
                place = (change, ".".join(fact.split(".")[:2]) if fact.startswith(("services.", "jobs.", "workers.", "workflows.")) else fact)
                trial = copy.deepcopy(saved) if place not in done else None
                if fact in (each[0] for each in facts):
                    later.append(row)
                elif trial is None:
                    facts.append(row)
                else:
                    try:
                        fits = self.apply(trial, fact, change)
                    except (LookupError, StopIteration, TypeError):
                        fits = False  # another one of the group has taken away what it changes
                    if fits:
                        saved = trial
                        done.add(place)
                        facts.append(row)
                    else:
                        later.append(row)
            if not facts:
                raise RuntimeError(f"{self.place.name}: these fit nowhere: {[row[:2] for row in left]}")
            yield saved, facts
            left = later

    def together(self, saved, rows, repair):
        """All changes of a group at once."""
        cloud = self.place.cloud
        cloud.restore(saved)
        ran = self.place.run("verify.sh")
        label = f"{self.place.name}: {len(rows)} tamperings at once"
        if not self.checks.check(f"{label}: verify.sh ends with 1", ran.status == 1, ran):
            return
        lost = []  # hidden by another one, perhaps
        for row in rows:
            if named(ran, row[0]):
                self.checks.note("passed", f"{self.place.name}: {row[1]}: verify.sh names {row[0]}")
            else:
                lost.append(row)
        if repair:
            stages = [stage for stage in self.place.stages if stage in STAGE.findall(ran.last)]
            self.checks.check(f"{label}: it names the scripts that restore them", stages, ran.last)
            for stage in stages:
                ran = self.place.run(stage)
                if not self.checks.check(f"{label}: {stage} repairs them", ran.status == 0, ran):
                    return
            ran = self.place.run("verify.sh")
            self.checks.check(f"{label}: they hold again", ran.status == 0, ran)
            found = list(same.differences(self.state, cloud.state()))
            self.checks.check(f"{label}: the cloud is what it was", not found, "\n".join(found))
        else:
            self.checks.check(f"{label}: it says what is left to people", "by hand" in ran.last or "./secrets.sh" in ran.last, ran.last)
        for fact, what, change, _ in lost:
            self.alone(fact, what, change)


def prove(place, checks, wanted, full):
    tampers = Tampers(place, checks)
    known(place, checks, tampers.facts, tampers.nowhere)
    rows = list(tampers.rows(wanted))
    for by_hand in (False, True):
        for saved, group in tampers.groups([row for row in rows if row[3] == by_hand]):
            tampers.together(saved, group, repair=not by_hand)
    if full:
        for fact, what, change, _ in rows:
            tampers.alone(fact, what, change)
    place.cloud.restore(tampers.good)
