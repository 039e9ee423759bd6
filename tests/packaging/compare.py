#!/usr/bin/python3
"""Compares two outputs of `edgevision detect --format json`: same objects, confidence within 0.02, IoU at least 0.95. Prints the largest differences.

usage: compare.py EXPECTED ACTUAL
"""
import json
import os
import sys

MAX_CONFIDENCE, MIN_IOU = 0.02, 0.95


def iou(a, b):
    across = min(a["left"] + a["width"], b["left"] + b["width"]) - max(a["left"], b["left"])
    down = min(a["top"] + a["height"], b["top"] + b["height"]) - max(a["top"], b["top"])
    both = max(across, 0) * max(down, 0)
    return both / (a["width"] * a["height"] + b["width"] * b["height"] - both)


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def main():
    expected, actual = lines(sys.argv[1]), lines(sys.argv[2])
    if [e["image"] for e in expected] != [a["image"] for a in actual] or not expected:
        print("not the same pictures")
        return 1
    confidence, least, objects, bad = 0.0, 1.0, 0, 0
    for e, a in zip(expected, actual):
        name, rest = os.path.basename(e["image"]), list(a["objects"])
        if len(e["objects"]) != len(a["objects"]):
            print(f"{name}: {len(a['objects'])} objects instead of {len(e['objects'])}")
            bad += 1
        for wanted in e["objects"]:
            same = [o for o in rest if o["label"] == wanted["label"]]
            best = max(same, key=lambda o: iou(o["box"], wanted["box"]), default=None)
            if best is None:
                print(f"{name}: no {wanted['label']} like {wanted}")
                bad += 1
                continue
            rest.remove(best)
            objects += 1
            difference, overlap = abs(best["confidence"] - wanted["confidence"]), iou(best["box"], wanted["box"])
            confidence, least = max(confidence, difference), min(least, overlap)
            if difference > MAX_CONFIDENCE or overlap < MIN_IOU:
                print(f"{name}: {wanted} became {best}")
                bad += 1
    print(f"{len(expected)} pictures, {objects} objects: confidence differs by {confidence:.6f} at most, IoU is {least:.6f} at least")
    return 1 if bad or objects == 0 else 0


sys.exit(main())
