#!/usr/bin/env python3
"""Prints events as they come, each once, and says what is missing. Debian: apt-get install python3-paho-mqtt

usage: consume.py [--host HOST] [--port PORT] [--topic FILTER] [--count N]
"""
import argparse
import collections
import json
import sys

import paho.mqtt.client as mqtt

KEEP = 10_000  # ids that are remembered; repeats come soon after the event or not at all


class Reader:
    """Drops repeats by id, and tells gaps in the numbers that each node gives its events."""

    def __init__(self):
        self.seen = collections.OrderedDict()
        self.last = {}

    def take(self, event):
        """False for a repeat."""
        if event["id"] in self.seen:
            return False
        self.seen[event["id"]] = None
        if len(self.seen) > KEEP:
            self.seen.popitem(last=False)
        source, number = event["source"], int(event["sequence"])
        last = self.last.get(source, number - 1)
        if number > last + 1:
            print(f"GAP {source}: {last + 1} to {number - 1} are missing", file=sys.stderr, flush=True)
        self.last[source] = max(last, number)
        return True


def show(event):
    data = event["data"]
    objects = ", ".join(f"{o['label']} {o['confidence']:.2f}" for o in data.get("objects", []))
    what = objects or data.get("state") or data.get("outcome") or data.get("kind") or "nothing"
    return f"{event['sequence']} {event['time']} {event['subject']} {what}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--topic", action="append", help="may be given several times; without it all events of all nodes")
    parser.add_argument("--client-id", default="edgevision-sample-python", help="the broker keeps for this id what comes while the program is away")
    parser.add_argument("--count", type=int, help="end after so many events")
    options = parser.parse_args()
    topics = options.topic or ["edgevision/+/events/#", "edgevision/+/+/events/#"]
    reader, taken = Reader(), 0

    def connected(client, userdata, flags, code):
        if code != 0:
            print(f"The broker says no: {mqtt.connack_string(code)}", file=sys.stderr, flush=True)
            return
        client.subscribe([(topic, 1) for topic in topics])

    def subscribed(client, userdata, message_id, granted):
        print("subscribed", file=sys.stderr, flush=True)

    def arrived(client, userdata, message):
        nonlocal taken
        try:
            event = json.loads(message.payload)
            line = show(event)
            is_new = reader.take(event)
        except (ValueError, KeyError, TypeError, AttributeError):
            print(f"{message.topic} holds no event", file=sys.stderr, flush=True)
            return
        if not is_new:
            return
        print(line, flush=True)
        taken += 1
        if options.count and taken >= options.count:
            client.disconnect()

    # paho 2 asks which callbacks are meant, paho 1 (Debian 12) knows one kind only.
    kind = [mqtt.CallbackAPIVersion.VERSION1] if hasattr(mqtt, "CallbackAPIVersion") else []
    client = mqtt.Client(*kind, client_id=options.client_id, clean_session=False)
    client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, arrived
    client.connect(options.host, options.port)
    client.loop_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
