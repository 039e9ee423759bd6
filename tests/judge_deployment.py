#!/usr/bin/python3
"""Judges a deployment template or manifest by SchemaStore's schemas for IoT Edge. Independent of the product: python3-jsonschema.

usage: judge_deployment.py SCHEMA_FOLDER template|manifest < FILE

Manifests are judged by the schema of edgeAgent 1.1 and of edgeHub 1.2, each over its part, as the template schema 4.0.0 puts them together.
Prints one line for each error; exits 1 if there was one.
"""
import json
import os
import sys

import jsonschema


def main():
    folder, kind = sys.argv[1], sys.argv[2]
    schemas, store = {}, {}
    for name in os.listdir(folder):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                schemas[name] = json.load(file)
            store[f"https://json.schemastore.org/{name}"] = schemas[name]
    document = json.load(sys.stdin)
    if kind == "template":
        parts = [("azure-iot-edge-deployment-template-4.0.json", document)]
    else:
        content = document["modulesContent"]
        parts = [("azure-iot-edgeagent-deployment-1.1.json", {"$edgeAgent": content["$edgeAgent"]}),
                 ("azure-iot-edgehub-deployment-1.2.json", {"$edgeHub": content["$edgeHub"]})]
    bad = 0
    for name, part in parts:
        schema = schemas[name]
        validator = jsonschema.validators.validator_for(schema)
        resolver = jsonschema.RefResolver(schema["id"], schema, store=store)
        for error in validator(schema, resolver=resolver).iter_errors(part):
            print(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
            bad = 1
    return bad


sys.exit(main())
