#!/usr/bin/env python3
"""Asks an Open Inference Protocol server what it sees in a picture: python's standard library, nothing else.

    python3 client.py http://127.0.0.1:8000 nanodet-g-416 photo.jpg

Asks twice, by JSON and by bytes (the binary tensor extension), and says so when the answers differ.
"""
import base64
import json
import struct
import sys
import urllib.request


def ask(url, body, headers):
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
        return answer.read(), answer.headers


def by_json(url, jpeg):
    body = {"inputs": [{"name": "image", "shape": [1], "datatype": "BYTES", "data": [base64.b64encode(jpeg).decode()]}]}
    answer, _ = ask(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return {o["name"]: o["data"] for o in json.loads(answer)["outputs"]}


def by_bytes(url, jpeg):
    element = struct.pack("<I", len(jpeg)) + jpeg
    header = json.dumps({
        "inputs": [{"name": "image", "shape": [1], "datatype": "BYTES", "parameters": {"binary_data_size": len(element)}}],
        "parameters": {"binary_data_output": True},
    }).encode()
    answer, headers = ask(url, header + element, {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(header))})
    length = int(headers["Inference-Header-Content-Length"])
    outputs, at = {}, length
    for output in json.loads(answer[:length])["outputs"]:
        size = output["parameters"]["binary_data_size"]
        outputs[output["name"]] = read(output["datatype"], answer[at:at + size])
        at += size
    return outputs


def read(datatype, data):
    if datatype == "BYTES":
        words, at = [], 0
        while at < len(data):
            (length,) = struct.unpack_from("<I", data, at)
            words.append(data[at + 4:at + 4 + length].decode())
            at += 4 + length
        return words
    code, size = {"FP32": ("f", 4), "INT32": ("i", 4), "INT64": ("q", 8)}[datatype]
    return list(struct.unpack(f"<{len(data) // size}{code}", data))


def main():
    address, model, picture = sys.argv[1:4]
    url = f"{address.rstrip('/')}/v2/models/{model}-detect/infer"
    with open(picture, "rb") as file:
        jpeg = file.read()
    one, other = by_json(url, jpeg), by_bytes(url, jpeg)
    same = one["labels"] == other["labels"] and all(abs(a - b) < 1e-4 for name in ("boxes", "scores") for a, b in zip(one[name], other[name], strict=True))
    if "--check" in sys.argv:
        wanted = sys.argv[-1]
        print("same" if same else "different", sum(1 for label, score in zip(one["labels"], one["scores"]) if label == wanted and score > 0.5), wanted + "s")
        return
    for i, (label, score) in enumerate(zip(one["labels"], one["scores"])):
        left, top, right, bottom = one["boxes"][4 * i:4 * i + 4]
        print(f"{label} {score:.2f} at {left:.0f},{top:.0f} {right:.0f},{bottom:.0f}")
    if not same:
        sys.exit("The answers by JSON and by bytes differ.")


main()
