"""The shape of what an engine answers: status, content type, keys and types, frames of a stream, metrics; and how two differ.

A shape is a set of lines. Texts and numbers that a model makes are not part of it; the few values that clients act on are.
"""

import json
import re
import urllib.error
import urllib.request

# Values that are part of the shape, by key.
TOLD = {"object", "type", "role", "owned_by", "code", "param", "encoding_format"}
NUMBER = re.compile(r"\d+")


def ask(url, body):
    """Status, content type and body of an answer."""
    request = urllib.request.Request(url)
    if body is not None:
        request.data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.status, response.headers.get("content-type"), response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("content-type"), error.read()


def kind(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, (int, float)) else "text"


def lines(value, path=""):
    """A line for each place in a JSON value."""
    if isinstance(value, dict):
        yield f"{path}: object" if path else "object"
        if path.endswith(".logprobs.top_logprobs[]"):
            # A completion's, by the tokens themselves.
            yield from {f"{path}.<token>: {kind(inner)}" for inner in value.values()}
            return
        for key, inner in value.items():
            where = f"{path}.{key}" if path else key
            if key in TOLD and not isinstance(inner, (dict, list)):
                yield f"{where} = {json.dumps(inner)}"
            elif key == "id" and isinstance(inner, str):
                yield f"{where} = {id_form(inner)}"
            else:
                yield from lines(inner, where)
    elif isinstance(value, list):
        yield f"{path}: list{'' if value else ', empty'}"
        for inner in value:
            yield from lines(inner, f"{path}[]")
    else:
        yield f"{path}: {kind(value)}"


def id_form(text):
    """An id without what is made up: `chatcmpl-…`."""
    words = re.match(r"((?:[a-z]+[-_])*)", text)[1]
    return words + "…" if words and len(text) > len(words) else "…"


def error_lines(body):
    """An error with its words, numbers apart."""
    yield from lines(body)
    error = body.get("error", body) if isinstance(body, dict) else {}
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        yield "words: " + NUMBER.sub("N", error["message"])


def frame_name(value, at):
    """Which of a stream's frames it is."""
    choices = value.get("choices") if isinstance(value, dict) else None
    if choices is None:
        return "other frame"
    if not choices:
        return "usage frame"
    if choices[0].get("finish_reason"):
        return "last frame"
    if choices[0].get("delta", {}).get("tool_calls"):
        return "tool frame, first" if choices[0]["delta"]["tool_calls"][0].get("id") else "tool frame"
    return "first frame" if at == 0 else "frame"


def stream_lines(text):
    """Frames by their place, and how they are written."""
    order = []
    for at, block in enumerate(text.split("\n\n")):
        if not block.strip():
            continue
        if block.startswith(":"):
            yield "comment"
            continue
        for line in block.split("\n"):
            field, _, data = line.partition(":")
            if field != "data":
                yield f"field {field}"
                continue
            yield "written with a space" if data.startswith(" ") else "written without a space"
            data = data.strip()
            if data == "[DONE]":
                yield "ends with [DONE]"
                continue
            value = json.loads(data)
            name = frame_name(value, at)
            if name not in order:
                order.append(name)
            yield from (f"{name} · {one}" for one in lines(value))
    yield "frames: " + ", ".join(order)
    yield "ends with an empty line" if text.endswith("\n\n") else "ends without an empty line"


def shape(status, content_type, body):
    found = {f"status {status}", f"content type {(content_type or 'none').replace(' ', '')}"}
    text = body.decode()
    if content_type and content_type.startswith("text/event-stream"):
        return found | set(stream_lines(text))
    try:
        value = json.loads(text)
    except ValueError:
        return found | ({"body: " + NUMBER.sub("N", text)} if text else {"no body"})
    return found | set(error_lines(value) if status >= 400 else lines(value))


SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(\{.*\})? \S+$")
LABEL = re.compile(r'(\w+)="')


def metrics(text, prefix):
    """A line for each metric of the engine's own: its type and its labels."""
    found, types = set(), {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind_ = line.split(" ", 3)
            types[name] = kind_
        elif (sample := SAMPLE.match(line)) and sample[1].startswith(prefix):
            name, labels = sample[1], sorted(LABEL.findall(sample[2] or ""))
            family = name if name in types else name.removesuffix("_total")
            found.add(f"{name} {types.get(family, 'untyped')} {{{','.join(labels)}}}")
    return found


def differences(real, simulated):
    """What only one of them has, the real one first."""
    return [f"only real: {line}" for line in sorted(real - simulated)] + [
        f"only simulated: {line}" for line in sorted(simulated - real)
    ]
