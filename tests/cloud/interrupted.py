"""Whatever Google answers, and when it does not: a run stops with the name of its step, and the next one completes.

At a call of a stage something goes wrong from then on. Either gcloud or the script copes, and the cloud is what it should be, or
the run stops: not with 0, with the step's name, and without the line that counts what was done. The next run finds a half-done
cloud, and leaves the same as one that nothing interrupted.
"""

import re

import same

ANSWERS = [403, 404, 409, 429, 500, 503, "timeout", "cut", "lost"]
ALWAYS = 1000  # times that a fault strikes; more than gcloud tries
HASTE = {"CLOUDSDK_CORE_HTTP_TIMEOUT": "2"}  # seconds that gcloud waits for an answer
SAMPLES = 2  # calls of each stage in CI
COUNTED = re.compile(r"^created \d+, updated \d+, unchanged \d+$", re.MULTILINE)


def calls(requests):
    """Each call of a run as the stand-in knows it again, whatever the order: the nth request to a path."""
    seen, found = {}, []
    for request in requests:
        call = (request["method"], request["service"], request["path"])
        seen[call] = seen.get(call, 0) + 1
        found.append((*call, seen[call]))
    return sorted(found)


def sample(calls, full):
    """Pairs of a call and what goes wrong: all of them, or some spread over both."""
    if full:
        return [(call, answer) for call in calls for answer in ANSWERS]
    step = max(1, len(calls) // SAMPLES)
    shift = len(calls)  # so that each stage begins with another answer
    return [(call, ANSWERS[(shift + i) % len(ANSWERS)]) for i, call in enumerate(calls[step // 2 :: step])]


def plan(cloud, call, answer):
    method, service, path, nth = call
    cloud.control("faults", [{"method": method, "service": service, "path": path, "nth": nth, "answer": answer, "times": ALWAYS}])


def stage(place, checks, name, before, after, call, answer):
    """One fault in a stage, and the run after it."""
    cloud = place.cloud
    label = f"{place.name} {name}: {answer} at {call[0]} {call[1]}{call[2]} ({call[3]})"
    cloud.restore(before)
    plan(cloud, call, answer)
    ran = place.run(name, **HASTE)
    cloud.control("faults", [])
    if ran.status == 0:
        found = list(same.differences(after, cloud.state()))
        checks.check(f"{label}: it copes", COUNTED.search(ran.last) and not found, "\n".join([*found, str(ran)]))
        return
    stopped = re.search(r"^\S+: stopped at (.+?): ", ran.said, re.MULTILINE)
    if not checks.check(f"{label}: it stops and says where", stopped and not COUNTED.search(ran.said), ran):
        return
    ran = place.run(name)
    found = list(same.differences(after, cloud.state()))
    checks.check(f"{label}: the next run completes", ran.status == 0 and not found, "\n".join([*found, str(ran)]))


def reading(place, checks, call, answer):
    """One fault while verify.sh reads: it must not say that all holds."""
    label = f"{place.name} verify.sh: {answer} at {call[0]} {call[1]}{call[2]} ({call[3]})"
    plan(place.cloud, call, answer)
    ran = place.run("verify.sh", **HASTE)
    place.cloud.control("faults", [])
    elsewhere = f"projects/{place.project}" not in call[2] and "not readable from here" in ran.said
    checks.check(f"{label}: it does not say that all holds", ran.status == 2 or ran.status == 1 and answer == 404 or elsewhere, ran)


def prove(place, checks, full):
    whole = place.cloud.save()
    for name, before, after, requests in place.stages_run:
        for call, answer in sample(calls(requests), full):
            stage(place, checks, name, before, after, call, answer)
    place.cloud.restore(whole)
    place.cloud.requests()
    place.run("verify.sh")
    for call, answer in sample(calls(place.cloud.requests()), full):
        if answer != "lost":  # that is `cut`, for what changes nothing
            reading(place, checks, call, answer)
