"""An engine of each kind, simulated, registered with the running platform by the operator's API.

Writes LAB_JSON once all of them are healthy, then waits for its standard input to end, and takes everything away again.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

KINDS = {"chat": "", "embedding": "-embed", "rerank": "-rerank", "moderation": "-guard"}
ENGINES = ["vllm", "sglang", "ollama", "tgi", "nim", "llamacpp", "tei", "openai", "anthropic"]
# One process of these serves one model.
SINGLE = ["tei", "tgi", "llamacpp"]
CAPABILITIES = ["tools", "parallel_tools", "json_schema", "vision", "logprobs", "reasoning", "completions"]
PATIENCE = 60


class Platform:
    def __init__(self, demo):
        self.base_url = demo["base_url"] + "/api/v1"
        self.token = demo["operator"]["api_token"]

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base_url + path, method=method)
        request.add_header("authorization", "Bearer " + self.token)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path} was refused with {error.code}: {error.read().decode()}") from error
        return json.loads(text) if text else None


def wait(condition, complaint):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(complaint)
        time.sleep(0.1)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def name_of(engine, kind):
    return f"lab-{engine}{KINDS[kind]}"


def start(engine, kinds):
    """A process that serves a model of each of these kinds, with its address."""
    port = free_port()
    models = ["--model=%s=%s" % (name_of(engine, kind), kind.replace("moderation", "classify")) for kind in kinds]
    command = [os.environ["SWITCHYARD_BIN"], "sim", "--engine", engine, "--listen", f"127.0.0.1:{port}", *models]
    command += ["--ttft-ms=0", "--tokens-per-s=0", "--vision"]
    # TGI leaves thoughts within the answer's text, so what thinks there cannot keep to a schema.
    command += ["--reasoning"] if engine != "tgi" else []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return process, f"http://127.0.0.1:{port}"


def answers(base_url):
    try:
        with urllib.request.urlopen(base_url + "/_stats", timeout=2):
            return True
    except OSError:
        return False


def register(platform, engine, kind, base_url):
    name = name_of(engine, kind)
    model = {"name": name, "kind": kind, "context_length": 8192, "grant_all": True}
    if kind == "chat":
        model["capabilities"] = CAPABILITIES
    made = platform.call("POST", "/models", model)
    deployment = {"name": name, "engine": engine, "base_url": base_url, "model": name, "upstream_model": name}
    return made["id"], platform.call("POST", "/deployments", deployment)["id"]


def known_to(tenant, names):
    request = urllib.request.Request(tenant["endpoint"] + "/models")
    request.add_header("authorization", "Bearer " + tenant["api_key"])
    with urllib.request.urlopen(request, timeout=10) as response:
        return names <= {model["id"] for model in json.load(response)["data"]}


def healthy(platform, made):
    states = {one["id"]: one["health"]["state"] for one in platform.call("GET", "/deployments?limit=200")["data"]}
    return all(states[deployment] == "healthy" for _, deployment in made)


def main():
    demo = json.loads(pathlib.Path(os.environ["DEMO_JSON"]).read_text())
    platform = Platform(demo)
    addresses, made = {}, []
    with contextlib.ExitStack() as stack:
        for engine in ENGINES:
            groups = [[kind] for kind in KINDS] if engine in SINGLE else [list(KINDS)]
            for kinds in groups:
                process, base_url = start(engine, kinds)
                stack.callback(process.wait)
                stack.callback(process.terminate)
                addresses.update({(engine, kind): base_url for kind in kinds})
        for base_url in set(addresses.values()):
            wait(lambda: answers(base_url), f"{base_url} does not answer")
        for (engine, kind), base_url in addresses.items():
            made.append(register(platform, engine, kind, base_url))
        wait(lambda: healthy(platform, made), "the engines did not become healthy")
        names = {name_of(engine, kind) for engine, kind in addresses}
        wait(lambda: known_to(demo["tenants"][0], names), "the models did not reach the gateway")
        told = {
            "models": {kind: {engine: name_of(engine, kind) for engine in ENGINES} for kind in KINDS},
            "addresses": {engine: addresses[engine, "chat"] for engine in ENGINES},
        }
        path = pathlib.Path(os.environ["LAB_JSON"])
        path.with_suffix(".new").write_text(json.dumps(told))
        path.with_suffix(".new").rename(path)
        sys.stdin.read()
        for model, deployment in made:
            platform.call("DELETE", f"/deployments/{deployment}")
            platform.call("PATCH", f"/models/{model}", {"retired": True})


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
