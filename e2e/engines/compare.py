"""Asks a real engine and the simulator of its kind the same, and tells where their answers differ in shape."""

import json
import pathlib

from exchanges import EXCHANGES, MEANT, body_for
from shapes import ask, differences, metrics, shape

METRICS = {"llamacpp": "llamacpp:", "vllm": "vllm:"}


def record(kind, serving, simulated, folder=None):
    """The shape of each answer, by the exchange's name; the answers themselves go into a folder where one is given."""
    shapes = {}
    for at, exchange in enumerate(EXCHANGES[kind]):
        body = body_for(exchange, serving, simulated)
        answer = ask(serving.base_url + exchange.path, body)
        shapes[exchange.name] = shape(*answer)
        if folder:
            name = "".join(letter if letter.isalnum() else "_" for letter in exchange.name)
            (pathlib.Path(folder) / f"{at:02}_{name}").write_bytes(answer[2])
    _, _, page = ask(serving.base_url + "/metrics", None)
    if folder:
        (pathlib.Path(folder) / "metrics").write_bytes(page)
    return shapes, metrics(page.decode(), METRICS[kind])


def meant(kind, name, line):
    """Why a difference is meant to be; None where it is not."""
    for exchange, begin, reason in MEANT[kind]:
        if exchange in ("*", name) and line.startswith(begin):
            return reason
    return None


def compare(kind, real, simulated):
    """The differences that nobody meant, as (exchange, line), and how many were meant."""
    (real_shapes, real_metrics), (sim_shapes, sim_metrics) = real, simulated
    found = [
        (name, line) for name, shape_ in real_shapes.items() for line in differences(shape_, sim_shapes[name])
    ]
    # A real engine has many more metrics; what the simulator has must be the engine's.
    found += [("metrics", f"only simulated: {line}") for line in sorted(sim_metrics - real_metrics)]
    open_ = [one for one in found if meant(kind, *one) is None]
    return open_, len(found) - len(open_)


def told(open_):
    """The differences as text, each exchange once."""
    text, last = [], None
    for name, line in open_:
        if name != last:
            text.append(f"  {name}")
            last = name
        text.append(f"    {line}")
    return "\n".join(text)


def summary(kind, open_, meant_):
    return json.dumps({"engine": kind, "exchanges": len(EXCHANGES[kind]), "different": len(open_), "meant": meant_})
