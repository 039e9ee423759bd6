#!/usr/bin/python3
"""Judges JSON lines on standard input by a JSON Schema (2020-12). Independent of the product: python3-jsonschema.

usage: judge_schema.py SCHEMA < LINES

Stricter than the schema is for consumers: a property that no schema describes is an error here, so that nothing leaves undocumented.
Prints one line for each error; exits 1 if there was one, 2 when the schema itself is wrong.
"""
import json
import sys

import jsonschema


def strict(node):
    """Closes every object schema that lists properties."""
    if isinstance(node, dict):
        if node.get("type") == "object" and ("allOf" in node or isinstance(node.get("properties"), dict)):
            node.setdefault("unevaluatedProperties" if "allOf" in node else "additionalProperties", False)
        for value in node.values():
            strict(value)
    elif isinstance(node, list):
        for value in node:
            strict(value)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        print(f"schema: {error.message}")
        return 2
    # Shared parts are closed where they are used.
    shared = [schema.get("$defs", {}).get(name, {}) for name in ("provenance", "seen")]
    strict(schema)
    for part in shared:
        part.pop("additionalProperties", None)
    validator = jsonschema.Draft202012Validator(schema)
    bad = 0
    for number, line in enumerate(sys.stdin, 1):
        for error in validator.iter_errors(json.loads(line)):
            best = jsonschema.exceptions.best_match([error])
            print(f"line {number}: {'/'.join(map(str, best.absolute_path))}: {best.message[:300]}")
            bad = 1
    return bad


sys.exit(main())
