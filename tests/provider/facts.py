#!/usr/bin/env python3
"""Add types of resources to facts.json, or take them out.

usage: facts.py add FROM TYPE...     FROM: another file of facts, or what the real provider says of itself:
                                     `terraform providers schema -json` in a root that requires it
       facts.py drop TYPE...
       facts.py list

A TYPE is a resource (`google_pubsub_topic`), `data.TYPE` or `ephemeral.TYPE`. A schema knows names, types and what is
required or deprecated, but neither the checks on values nor what a change replaces: add those by hand, as the notes at
the top of facts.json explain.
"""
import json
import pathlib
import sys

FACTS = pathlib.Path(__file__).with_name("facts.json")
KINDS = {"data": "data", "ephemeral": "ephemeral"}
SCHEMAS = {"resources": "resource_schemas", "data": "data_source_schemas", "ephemeral": "ephemeral_resource_schemas"}
IS = {(True, False): "opt", (False, True): "comp", (True, True): "opt+comp"}


def place(name):
    """The section and the bare name of a type as it is written on the command line."""
    kind, dot, bare = name.partition(".")
    return (KINDS[kind], bare) if dot else ("resources", name)


def arguments(block):
    """The arguments of a block of a schema, in the form of facts."""
    out = {}
    for name, a in block.get("attributes", {}).items():
        is_ = "req" if a.get("required") else IS[a.get("optional", False), a.get("computed", False)]
        flags = {f: True for f, k in (("deprecated", "deprecated"), ("sensitive", "sensitive"), ("writeonly", "write_only")) if a.get(k)}
        out[name] = {"type": a["type"], "is": is_, **flags}
    for name, b in block.get("block_types", {}).items():
        if name != "timeouts":
            limits = {k: b[k + "_items"] for k in ("min", "max") if b.get(k + "_items")}
            out[name] = {"block": b["nesting_mode"], "in": arguments(b["block"]), **limits}
    return out


def from_schema(schema):
    """Facts about one type, from its schema."""
    fact = {"version": schema["version"], "in": arguments(schema["block"])}
    timeouts = schema["block"].get("block_types", {}).get("timeouts")
    return fact | ({"timeouts": sorted(timeouts["block"]["attributes"])} if timeouts else {})


def look_up(source, section, name):
    """Facts about a type from another file: of facts, or of schemas."""
    if "provider_schemas" in source:
        for provider in source["provider_schemas"].values():
            if name in provider.get(SCHEMAS[section], {}):
                return from_schema(provider[SCHEMAS[section]][name])
        raise KeyError(name)
    return {k: v for k, v in source[section][name].items() if k != "import"}


def write(facts):
    """One line a type, so that a change of one type is a change of one line."""
    line = lambda v: json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    parts = ['"header":' + json.dumps(facts["header"], indent=1, ensure_ascii=False)]
    for section in ("provider", "resources", "data", "ephemeral"):
        rows = ",\n".join(f"{line(n)}:{line(f)}" for n, f in sorted(facts[section].items()))
        parts.append(f'"{section}":{{\n{rows}\n}}')
    FACTS.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def main(args):
    facts = json.loads(FACTS.read_text())
    match args:
        case ["list"]:
            for section, prefix in (("resources", ""), ("data", "data."), ("ephemeral", "ephemeral.")):
                print(*(prefix + n for n in sorted(facts[section])), sep="\n")
            return
        case ["add", source, *names] if names:
            source = json.loads(pathlib.Path(source).read_text())
            for section, name in map(place, names):
                facts[section][name] = look_up(source, section, name)
        case ["drop", *names] if names:
            for section, name in map(place, names):
                del facts[section][name]
        case _:
            sys.exit(__doc__)
    write(facts)


try:
    main(sys.argv[1:])
except KeyError as e:
    sys.exit(f"facts.py: no such type: {e.args[0]}")
