#!/usr/bin/python3
"""Judges a bill of materials that deploy/sbom printed by a lock file: every package that is locked and shipped stands in it, once, with its version.

usage: judge_sbom.py LOCK SBOM
"""
import json
import sys

# Analyzers are of the build; SkiaSharp refers to libraries of other systems, which are not shipped.
NOT_SHIPPED = {"Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks", "Microsoft.DotNet.ILCompiler",
               "SkiaSharp.NativeAssets.macOS", "SkiaSharp.NativeAssets.Win32"}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lock = json.load(file)["dependencies"]
    with open(sys.argv[2], encoding="utf-8") as file:
        bill = json.load(file)
    found = {}
    for component in bill["components"]:
        if component.get("purl", "").startswith("pkg:nuget/"):
            found.setdefault(component["name"], []).append(component["version"])
    bad = [f"{reference} is there twice" for reference in {c["bom-ref"] for c in bill["components"]}
           if sum(c["bom-ref"] == reference for c in bill["components"]) > 1]
    for name, package in lock["net10.0"].items():
        if package["type"] == "Project" or name in NOT_SHIPPED:
            continue
        if found.get(name) != [package["resolved"]]:
            bad.append(f"{name} {package['resolved']} is locked, the bill has {found.get(name)}")
    if not any(name.startswith("Microsoft.NETCore.App.Runtime.") for name in found):
        bad.append("the .NET runtime is missing")
    models = [c for c in bill["components"] if c["type"] == "machine-learning-model"]
    if not models or any(len(m["hashes"][0]["content"]) != 64 for m in models):
        bad.append("models are missing, or their hashes")
    print("\n".join(bad) or f"bill of materials: {len(found)} NuGet packages, {len(models)} models")
    return 1 if bad else 0


sys.exit(main())
