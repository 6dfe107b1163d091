"""Renders docs/compatibility.md from the lines that a run of the clients wrote, and judges the committed file by it.

    compatibility.py RESULTS            fails with a diff where the committed file is not what the run gave
    compatibility.py RESULTS --write    writes the file instead

A cell is ticked if at least one test proves it and none that would prove it failed. Every cell without a tick has a
reason: for clients it stands below, for engines it is the platform's own refusal in the run, or what its test says.
Cells of real engines come from e2e/engines/proved.json, which `make engines` writes: few machines run them all.
"""

import argparse
import difflib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
FILE = HERE.parent / "docs" / "compatibility.md"
# What `make engines` proved of real engines, and when.
REAL = HERE / "engines" / "proved.json"

CAPABILITIES = ["plain", "stream", "tools", "JSON schema", "vision", "cancel"]
TEXT = ["plain", "stream", "cancel"]
# What there is to do on a surface; other cells are empty.
SURFACES = {
    "chat": CAPABILITIES,
    "completions": TEXT,
    "responses": CAPABILITIES,
    "responses (WebSocket)": CAPABILITIES[1:],
    "messages": CAPABILITIES,
    "embeddings": ["plain"],
    "moderations": ["plain"],
    "rerank": ["plain"],
    "tokenize": ["plain"],
    "models": ["plain"],
    "files": ["plain"],
    "batches": ["plain", "cancel"],
}
OPENAI = [surface for surface in SURFACES if surface != "messages"]
# The surfaces that each client speaks.
CLIENTS = {
    "openai (Python)": OPENAI,
    "openai (Node)": OPENAI,
    "anthropic (Python)": ["messages"],
    "langchain-openai (Python)": ["chat", "completions", "responses", "embeddings"],
    "llama-index (Python)": ["chat", "completions", "embeddings"],
    "AI SDK (Node)": ["chat", "completions", "embeddings"],
}
# Why a client's cell has no test.
NOT_PROVED = {
    ("langchain-openai (Python)", "completions", "cancel"): "the package keeps its connection open when its stream is closed",
    ("llama-index (Python)", "chat", "cancel"): "the package keeps its connection open when its stream is closed",
    ("llama-index (Python)", "completions", "cancel"): "the package keeps its connection open when its stream is closed",
}
ENGINES = ["vllm", "sglang", "ollama", "tgi", "nim", "llamacpp", "tei", "openai", "anthropic"]
ABILITIES = [
    "chat", "stream", "tools", "streamed tools", "JSON schema", "vision", "logprobs", "reasoning", "completions",
    "tokenize", "embeddings", "rerank", "moderations",
]
TICK, EMPTY = "✓", ""

INTRODUCTION = """\
# Compatibility

Made by `make e2e` from what its run proved: do not edit it by hand. `make e2e` fails when this file is not what the run
gave; `e2e/run.sh --write-table` writes it anew.

✓ stands for a test that passed. A number leads to the reason why there is none; an empty cell is something that the
surface does not have.

## Clients

Real packages, in the versions that `e2e/clients/*/requirements.txt` and `e2e/package.json` name, against a platform whose
engines are simulated. *Cancel* means that a client which leaves a stream ends the engine's work (for a batch: that it can
be cancelled). Surfaces that a package has no call of its own for (`rerank`, `tokenize`) are called with its general `post`.
"""
ENGINES_INTRODUCTION = """\
## Simulated engines

**These cells were run against the simulator** (`switchyard sim`), which speaks each engine's own API: a deployment for each
kind of engine and of model, registered by the operator's API and called through the gateway with the `openai` package for
Python. They show what the gateway makes of an engine's API, not what a model can. The simulated TGI was not told to think:
it would put its thoughts into the answer's text.
"""

REAL_INTRODUCTION = """\
## Real engines

**These cells were run against the real engines** by `make engines`, with tiny models of random weights: each engine was
registered by its address alone, recognised, and called through the gateway. The same run asks engine and simulator the
same questions directly and fails where their answers differ in shape. `make test` runs llama.cpp's part again where its
build is in the cache. *Cancel* means that a caller who leaves a stream ends the engine's work, *load* that the engine's own
metrics tell the platform of a running call.
"""
REAL_NAMES = {"llamacpp": "llama.cpp", "vllm": "vLLM on a CPU", "transformers": "transformers serve"}


class Notes:
    """Reasons, numbered as they come."""

    def __init__(self):
        self.reasons = []

    def mark(self, reason):
        if reason not in self.reasons:
            self.reasons.append(reason)
        return f"[{self.reasons.index(reason) + 1}]"

    def lines(self):
        return [f"{number}. {reason}" for number, reason in enumerate(self.reasons, 1)]


def table(head, rows):
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    line = lambda row: "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
    return [line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)]


def clients(cells, notes):
    for client, surfaces in CLIENTS.items():
        rows = []
        for surface in surfaces:
            row = [surface]
            for capability in CAPABILITIES:
                key = (client, surface, capability)
                results = cells.get(key)
                if capability not in SURFACES[surface]:
                    assert results is None, f"{key} is proved, but not a cell of the table"
                    row.append(EMPTY)
                elif results is None:
                    row.append(notes.mark(NOT_PROVED.get(key, "no test")))
                else:
                    row.append(TICK if all(results) else notes.mark("the test failed"))
            rows.append(row)
        yield from [f"### {client}", "", *table(["surface", *CAPABILITIES], rows), ""]


def engines(cells, notes):
    def cell(engine, ability):
        passed, reason = cells.get((engine, ability), (False, "no test"))
        return TICK if passed else notes.mark(reason)

    rows = [[ability, *(cell(engine, ability) for engine in ENGINES)] for ability in ABILITIES]
    return table(["", *ENGINES], rows)


def real_engines(notes):
    if not REAL.exists():
        return ["Nobody has run them yet.", ""]
    proved = json.loads(REAL.read_text(encoding="utf-8"))
    engines_ = [name for name in REAL_NAMES if name in proved]
    abilities = list(dict.fromkeys(ability for name in engines_ for ability in proved[name]["cells"]))

    def cell(name, ability):
        reason = proved[name]["cells"].get(ability, "no test")
        return TICK if reason is None else notes.mark(reason)

    rows = [["version", *(proved[name]["version"] for name in engines_)], ["run on", *(proved[name]["date"] for name in engines_)]]
    rows += [[ability, *(cell(name, ability) for name in engines_)] for ability in abilities]
    return [*table(["", *(REAL_NAMES[name] for name in engines_)], rows), ""]


def read(folder):
    proved, engines_proved = {}, {}
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            cell = json.loads(line)
            if "engine" in cell:
                engines_proved[cell["engine"], cell["capability"]] = (cell["passed"], cell["reason"])
            else:
                key = (cell["client"], cell["surface"], cell["capability"])
                assert cell["client"] in CLIENTS and cell["surface"] in CLIENTS[cell["client"]], f"{key} is no cell"
                proved.setdefault(key, []).append(cell["passed"])
    return proved, engines_proved


def render(folder):
    proved, engines_proved = read(folder)
    lines, notes = [INTRODUCTION], Notes()
    lines += clients(proved, notes)
    lines += ["Why a cell is not ticked:", "", *notes.lines(), ""] if notes.reasons else []
    notes = Notes()
    lines += [ENGINES_INTRODUCTION, *engines(engines_proved, notes), ""]
    lines += ["Why a cell is not ticked:", "", *notes.lines(), ""] if notes.reasons else []
    notes = Notes()
    lines += [REAL_INTRODUCTION, *real_engines(notes)]
    lines += ["Why a cell is not ticked:", "", *notes.lines()] if notes.reasons else []
    return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(description="The compatibility table of a run.")
    parser.add_argument("results")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    made = render(asked.results)
    if asked.write:
        FILE.write_text(made, encoding="utf-8")
        return 0
    committed = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    if made == committed:
        return 0
    sys.stderr.writelines(
        difflib.unified_diff(committed.splitlines(True), made.splitlines(True), "docs/compatibility.md", "this run")
    )
    print("docs/compatibility.md is not what this run gave: e2e/run.sh --write-table writes it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
