"""Holds recorded commands against the parser of the installed gcloud, and the files that they hand over against its APIs.

usage: tests/gcloud/python parse.py RECORD

RECORD is what the recorder beside this file wrote: one JSON object a line, {"argv": [...], "files": {path: text}}. The parser
knows every command, flag, choice and format of a value; it does not ask Google, so a wrong tier or region passes. Each command
that it refuses is printed with the reason; exit status 1 when there is one, or no command at all.
"""
import argparse
import json
import pathlib
import shlex
import sys
import tempfile

import gcloud  # the bootstrap of the SDK: it must come before the SDK's other modules

getattr(gcloud, "_fix_google_module", lambda: None)()

from googlecloudsdk import gcloud_main  # noqa: E402
from googlecloudsdk.calliope import parser_extensions  # noqa: E402

import documents  # noqa: E402

TOP = gcloud_main.CreateCLI([])._TopElement()


def refusal(argv):
    """Why gcloud refuses these words, or None."""
    # A flag of every command, such as --project, may stand before the command too.
    first = next((i for i, word in enumerate(argv) if i > 0 and not word.startswith("-")), len(argv))
    leading, argv = argv[1:first], [argv[0], *argv[first:]]
    element, at = TOP, 1
    while element.is_group:
        if at == len(argv) or argv[at].startswith("-"):
            return "a group of commands, not a command: gcloud " + " ".join(argv[1:at])
        inner = element.LoadSubElement(argv[at])
        if inner is None:
            return f"{argv[at]!r} is not a command of 'gcloud {' '.join(argv[1:at])}'"
        element, at = inner, at + 1
    try:
        element._parser.parse_args([*leading, *argv[at:]], parser_extensions.Namespace(), raise_error=True)
    except argparse.ArgumentError as e:
        return str(e)
    except SystemExit:  # a flag of a container; gcloud has said on stderr which
        return "a container takes no such flag"
    except Exception as e:  # whatever a flag's own type raises; gcloud would stop on it too
        return f"{type(e).__name__}: {e}"
    return None


def restored(record, folder):
    """The command with the files that it named, which the script has removed since."""
    argv = record["argv"]
    for i, (path, text) in enumerate(record["files"].items()):
        copy = folder / f"{i}-{pathlib.Path(path).name}"
        copy.write_text(text, encoding="utf-8")
        argv = [swap(word, path, str(copy)) for word in argv]
    return argv


def swap(word, path, copy):
    """The word with one file in place of another; a file stands alone or behind the first `=`."""
    flag, is_, value = word.partition("=")
    return copy if word == path else flag + is_ + copy if is_ and value == path else word


def main(path):
    records = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        for record in records:
            argv = restored(record, pathlib.Path(folder))
            if why := refusal(argv) or documents.fault(argv):
                refused += 1
                print(f"{shlex.join(record['argv']):.400}\n    {why:.400}")
    print(f"{len(records)} commands, {refused} refused")
    return 1 if refused or not records else 0


sys.exit(main(sys.argv[1]))
