"""Reads every YAML file below a folder as gcloud reads it; those of iam/*/services/ must be IAM policies.

usage: tests/gcloud/python yaml_files.py FOLDER
"""
import pathlib
import sys

import gcloud  # the bootstrap of the SDK: it must come before the SDK's other modules

getattr(gcloud, "_fix_google_module", lambda: None)()

from googlecloudsdk.core import yaml  # noqa: E402

import documents  # noqa: E402

bad = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.yaml")):
    try:
        value = yaml.load(path.read_text(encoding="utf-8"))
    except yaml.Error as e:
        print(f"{path}: {e}")
        bad += 1
        continue
    if not isinstance(value, dict | list):
        print(f"{path}: neither a mapping nor a list")
        bad += 1
    elif path.match("iam/*/services/*.yaml") and (why := documents.document_fault(path, ("run", "v1", "Policy"))):
        print(f"{path}: {why}")
        bad += 1
sys.exit(1 if bad else 0)
