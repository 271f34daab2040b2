"""Holds the files that recorded commands hand over against the messages of the APIs, as the installed gcloud knows them."""
import json
import pathlib

from apitools.base.protorpclite import messages as protorpc
from apitools.base.py import encoding
from googlecloudsdk.api_lib.util import apis
from googlecloudsdk.core import yaml

# The end of a command, and the message that its file must be: API, version, name. The file is the flag's value, or the last word.
MESSAGES = [
    ("compute url-maps import", "--source", ("compute", "v1", "UrlMap")),
    ("compute url-maps validate", "--source", ("compute", "v1", "UrlMap")),
    ("org-policies set-policy", None, ("orgpolicy", "v2", "GoogleCloudOrgpolicyV2Policy")),
    ("container binauthz policy import", None, ("binaryauthorization", "v1", "Policy")),
    ("run services replace", None, ("run", "v1", "Service")),
    ("run jobs replace", None, ("run", "v1", "Job")),
    ("run worker-pools replace", None, ("run", "v1", "WorkerPool")),
    ("set-iam-policy", None, ("run", "v1", "Policy")),
    ("add-iam-policy-binding", "--condition-from-file", ("cloudresourcemanager", "v1", "Expr")),
    ("remove-iam-policy-binding", "--condition-from-file", ("cloudresourcemanager", "v1", "Expr")),
    ("monitoring policies create", "--policy-from-file", ("monitoring", "v3", "AlertPolicy")),
    ("monitoring dashboards create", "--config-from-file", ("monitoring", "v1", "Dashboard")),
    ("monitoring dashboards update", "--config-from-file", ("monitoring", "v1", "Dashboard")),
    ("storage buckets update", "--lifecycle-file", ("storage", "v1", "Bucket")),
    ("secrets create", "--replication-policy-file", ("secretmanager", "v1", "Replication")),
]


def fault(argv):
    """What is wrong with the file of a command; None when nothing is, or when it hands none over."""
    words = [w for w in argv[1:] if not w.startswith("-") and w not in ("alpha", "beta")]
    for command, flag, message in MESSAGES:
        if f" {command} " not in f" {' '.join(words)} ":
            continue
        if flag is None:
            path = words[-1]
        else:
            path = next((w.partition("=")[2] for w in argv if w.startswith(flag + "=")), None)
        if path is not None:
            return document_fault(path, message)
    return None


def document_fault(path, message):
    api, version, name = message
    kind = getattr(apis.GetMessagesModule(api, version), name)
    try:
        value = yaml.load(pathlib.Path(path).read_text(encoding="utf-8"))
        decoded = encoding.JsonToMessage(kind, json.dumps(value))
    except (OSError, yaml.Error, ValueError, TypeError, protorpc.Error) as e:
        return f"its file is no {name}: {e}"
    unknown = ["".join(f".{step}" for step in at) for at in unrecognised(decoded, ())]
    return f"its file is no {name}: unknown key or value at {', '.join(unknown)}" if unknown else None


def unrecognised(message, at):
    """The places of what the message has no field for."""
    for name in message.all_unrecognized_fields():
        yield (*at, str(name))
    for field in message.all_fields():
        value = getattr(message, field.name)
        for i, inner in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(inner, protorpc.Message):
                yield from unrecognised(inner, (*at, field.name, i) if isinstance(value, list) else (*at, field.name))
