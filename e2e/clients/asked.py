"""What the clients ask, and how their tests look at the engines. Shared by both Python suites."""

import json
import os
import pathlib
import time
import urllib.request

WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
FUNCTION = {"name": "get_weather", "description": "The weather in a city", "parameters": WEATHER}
TOOL = {"type": "function", "function": FUNCTION}
IN_OSLO = "What is the weather in Oslo?"

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}

# One red pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)
PIXEL_URL = "data:image/png;base64," + PIXEL

AT_LENGTH = "Go on and on. " * 40


def read(variable):
    return json.loads(pathlib.Path(os.environ[variable]).read_text())


def ask(content):
    return [{"role": "user", "content": content}]


def cancelled(demo):
    """Calls that the demo's engines saw their caller leave."""
    total = 0
    for engine in demo["engines"]:
        with urllib.request.urlopen(engine["base_url"] + "/_stats", timeout=5) as response:
            total += json.load(response)["cancelled"]
    return total


def until(condition, complaint, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, complaint
        time.sleep(0.05)
