#!/usr/bin/python3
"""Judges discovery messages as Home Assistant does, and shows what its entities would say. Independent of the product: python3-jinja2.

Standard input: JSON lines {"topic", "payload" (text), "states": {"name": text of a retained state}}
Standard output: one JSON line for each: {"errors": [text], "shows": {"name": {template key: text}}}

What is allowed follows https://www.home-assistant.io/integrations/mqtt/ and its pages binary_sensor.mqtt, sensor.mqtt, switch.mqtt, image.mqtt
(2026), and the validators they describe. Stricter in one point: a key that Home Assistant would drop in silence is an error.
"""
import json
import re
import sys

import jinja2.sandbox

TOPIC = re.compile(r"[^+#]+?/(?P<component>\w+)/(?:(?P<node_id>[a-zA-Z0-9_-]+)/)(?P<object_id>[a-zA-Z0-9_-]+)/config")
TEXT, WHOLE, FLAG, TEMPLATE, READ_TOPIC, WRITE_TOPIC, ICON = "text", "whole", "flag", "template", "topic to read", "topic to write", "icon"

COMMON = {
    "name": TEXT, "unique_id": TEXT, "device": dict, "origin": dict, "qos": WHOLE, "encoding": TEXT, "enabled_by_default": FLAG, "icon": ICON,
    "entity_category": {"config", "diagnostic"}, "json_attributes_topic": READ_TOPIC, "json_attributes_template": TEMPLATE,
    "availability_topic": READ_TOPIC, "availability_template": TEMPLATE, "payload_available": TEXT, "payload_not_available": TEXT,
}
COMPONENTS = {
    "binary_sensor": ({"state_topic"}, {
        "state_topic": READ_TOPIC, "value_template": TEMPLATE, "payload_on": TEXT, "payload_off": TEXT, "off_delay": WHOLE, "expire_after": WHOLE, "force_update": FLAG,
        "device_class": {"connectivity", "motion", "occupancy", "presence", "problem", "running"},
    }),
    "sensor": ({"state_topic"}, {
        "state_topic": READ_TOPIC, "value_template": TEMPLATE, "unit_of_measurement": TEXT, "expire_after": WHOLE, "force_update": FLAG, "suggested_display_precision": WHOLE,
        "device_class": {"duration", "temperature", "timestamp"}, "state_class": {"measurement", "total", "total_increasing"},
    }),
    "switch": ({"command_topic"}, {
        "state_topic": READ_TOPIC, "command_topic": WRITE_TOPIC, "command_template": TEMPLATE, "value_template": TEMPLATE, "payload_on": TEXT, "payload_off": TEXT,
        "state_on": TEXT, "state_off": TEXT, "optimistic": FLAG, "retain": FLAG, "device_class": {"outlet", "switch"},
    }),
    "image": (set(), {"image_topic": READ_TOPIC, "image_encoding": {"b64"}, "url_topic": READ_TOPIC, "url_template": TEMPLATE, "content_type": TEXT}),
}
UNITS = {"duration": {"d", "h", "min", "s", "ms", "μs"}, "temperature": {"°C", "°F", "K"}, "timestamp": {None}}
DEVICE = {"identifiers", "connections", "manufacturer", "model", "name", "hw_version", "serial_number", "sw_version", "via_device", "suggested_area", "configuration_url"}
ORIGIN = {"name", "sw_version", "support_url"}
MAX_STATE = 255

jinja = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)


def wrong(kind, value):
    """Why a value is not of its kind; None when it is."""
    if isinstance(kind, set):
        return None if value in kind else f"is not one of {sorted(kind)}"
    if kind is dict:
        return None if isinstance(value, dict) else "is no object"
    if kind == WHOLE:
        return None if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else "is no whole number"
    if kind == FLAG:
        return None if isinstance(value, bool) else "is neither true nor false"
    if not isinstance(value, str) or not value:
        return "is no text"
    if kind == ICON:
        return None if re.fullmatch(r"mdi:[a-z0-9-]+", value) else "is no icon"
    if kind == TEMPLATE:
        try:
            jinja.from_string(value)
        except (jinja2.TemplateSyntaxError, SyntaxError) as error:  # the second: Python cannot read what became of it
            return f"is no template: {error}"
    if kind in (READ_TOPIC, WRITE_TOPIC):
        if len(value.encode()) > 65535 or "\0" in value or (kind == WRITE_TOPIC and re.search(r"[+#]", value)):
            return "is no topic"
    return None


def judge(topic, payload):
    """Errors, and the templates of a message."""
    match = TOPIC.fullmatch(topic)
    if not match:
        return [f"{topic} is not a discovery topic"], {}
    component = match["component"]
    if component not in COMPONENTS:
        return [f"{component} is not a component"], {}
    required, own = COMPONENTS[component]
    kinds = {**COMMON, **own}
    config = json.loads(payload)
    errors = [f"{key} is missing" for key in required | {"unique_id", "device"} if key not in config]
    for key, value in config.items():
        if key not in kinds:
            errors.append(f"{key} is not known to {component}")
        elif why := wrong(kinds[key], value):
            errors.append(f"{key}: {value!r} {why}")
    if component == "image" and ("image_topic" in config) == ("url_topic" in config):
        errors.append("one of image_topic and url_topic is needed")
    if config.get("device_class") in UNITS and config.get("unit_of_measurement") not in UNITS[config["device_class"]]:
        errors.append(f"a {config['device_class']} is not measured in {config.get('unit_of_measurement')!r}")
    if component == "sensor" and config.get("entity_category") == "config":
        errors.append("a sensor configures nothing")
    if config.get("qos", 0) > 2:
        errors.append("qos is above 2")
    for name, keys in (("device", DEVICE), ("origin", ORIGIN)):
        section = config.get(name, {})
        errors += [f"{name}:{key} is not known" for key in section if key not in keys]
        errors += [f"{name}:{key} is no text" for key, value in section.items() if key != "identifiers" and not (isinstance(value, str) and value)]
    identifiers = config.get("device", {}).get("identifiers", [])
    if not identifiers or not all(isinstance(i, str) and i for i in identifiers):
        errors.append("device has no identifiers")
    if "origin" in config and "name" not in config["origin"]:
        errors.append("origin has no name")
    templates = {key: value for key, value in config.items() if kinds.get(key) == TEMPLATE and not errors}
    return errors, templates


def show(templates, state):
    """What Home Assistant makes of a state."""
    return {key: jinja.from_string(text).render(value=state, value_json=json.loads(state)) for key, text in templates.items()}


def main():
    for line in sys.stdin:
        message = json.loads(line)
        errors, templates = judge(message["topic"], message["payload"])
        shows = {}
        for name, state in message.get("states", {}).items():
            try:
                shows[name] = show(templates, state)
            except jinja2.TemplateError as error:
                errors.append(f"of state {name}: {error}")
                continue
            errors += [f"of state {name}: {key} is longer than {MAX_STATE}" for key, text in shows[name].items() if key == "value_template" and len(text) > MAX_STATE]
            errors += [f"of state {name}: {key} is no object" for key, text in shows[name].items() if key == "json_attributes_template" and not isinstance(json.loads(text), dict)]
        print(json.dumps({"errors": errors, "shows": shows}))


if __name__ == "__main__":
    main()
