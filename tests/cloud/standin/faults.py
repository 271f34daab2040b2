"""Faults that a test has planned: an error, no answer, a connection that is cut, an answer that is lost."""

import re

from .core import ApiError

STATUS = {
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
BEFORE = {"timeout", "cut"}  # the request is not looked at
SILENT = BEFORE | {"lost"}  # there is no answer; `lost`: but what was asked for is done
PATIENCE = 5  # seconds; more than a client waits in these tests

PLANNED = []


def known(path):
    """The path as it is in every run: operations have names that nobody knows before."""
    return re.sub(r"/operations/[^/:]+", "/operations/*", path)


def put(faults):
    """Plans these and no others.

    Each is {"method", "service", "path", "nth", "answer", "times"}: from the nth request like this on, so many times.
    """
    PLANNED[:] = [dict(fault, seen=0) for fault in faults]


def due(method, service, path):
    """What goes wrong with this request: a status, a word of SILENT, or None."""
    path = known(path)
    for fault in PLANNED:
        if (fault["method"], fault["service"], fault["path"]) != (method, service, path):
            continue
        fault["seen"] += 1
        if fault["nth"] <= fault["seen"] < fault["nth"] + fault["times"]:
            return fault["answer"]
    return None


def answer(status):
    raise ApiError(status, STATUS[status], "injected fault")
