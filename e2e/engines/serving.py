"""Starts engines on loopback ports of their own: the real ones, and the simulator of each kind."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

MODEL = "tiny"
# Tokens of prompt and answer together. llama.cpp is given many, or it would be done before anybody can leave a stream.
CONTEXT = {"llamacpp": 16384, "vllm": 1024, "transformers": 1024}
# How long an engine may take to start, in seconds: vLLM takes minutes on a small machine.
PATIENCE = 600


@dataclasses.dataclass
class Serving:
    """An engine that answers."""

    base_url: str
    # The model's name there, and the LoRA that it can load: its name and folder.
    model: str
    lora: tuple[str, str] | None = None
    # What it said of its health while it started: statuses, without those of a closed port.
    loading: list = dataclasses.field(default_factory=list)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def status_of(url):
    """The status of an answer; None where nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


@contextlib.contextmanager
def running(command, base_url, ready, log, environment=None):
    """A process until it answers at a path with 200; ends it afterwards. Gives the statuses on the way there."""
    with open(log, "wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
    try:
        seen, end = [], time.monotonic() + PATIENCE
        while (status := status_of(base_url + ready)) != 200:
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{command[0]} did not start:\n{tail(log)}")
            if status and status not in seen:
                seen.append(status)
            time.sleep(0.01 if seen else 0.05)
        yield seen
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tail(log, lines=30):
    return "\n".join(pathlib.Path(log).read_text(errors="replace").splitlines()[-lines:])


@contextlib.contextmanager
def llamacpp(folder, work):
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = [
        f"{folder}/llama-server", "--model", f"{folder}/tiny.gguf", "--alias", MODEL, "--host", "127.0.0.1",
        "--port", str(port), "--ctx-size", str(2 * CONTEXT["llamacpp"]), "--parallel", "2", "--threads", "1", "--metrics",
        "--slots", "--embeddings", "--pooling", "mean", "--jinja", "--no-webui", "--offline", "--no-kv-unified",
    ]
    with running(command, base_url, "/health", work / "llamacpp.log") as loading:
        yield Serving(base_url, MODEL, loading=loading)


VLLM = {
    "VLLM_HOST_IP": "127.0.0.1", "GLOO_SOCKET_IFNAME": "lo", "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind", "OMP_NUM_THREADS": "1", "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
    "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1",
}


@contextlib.contextmanager
def vllm(folder, work):
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = [
        f"{folder}/python/bin/python", "-m", "vllm.entrypoints.openai.api_server", "--model", f"{folder}/model",
        "--served-model-name", MODEL, "--host", "127.0.0.1", "--port", str(port), "--dtype", "float32",
        "--max-model-len", str(CONTEXT["vllm"]), "--max-num-seqs", "8", "--enforce-eager", "--enable-lora",
        "--max-loras", "2", "--max-lora-rank", "8", "--enable-auto-tool-choice", "--tool-call-parser", "hermes",
    ]
    with running(command, base_url, "/health", work / "vllm.log", VLLM) as loading:
        yield Serving(base_url, MODEL, ("tiny-lora", f"{folder}/lora"), loading)


@contextlib.contextmanager
def transformers(folder, work):
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    # It serves and lists what is in a cache of the Hugging Face hub.
    model, hub, revision = f"switchyard/{MODEL}", work / "hub", "0" * 40
    cached = hub / f"models--switchyard--{MODEL}"
    shutil.copytree(f"{folder}/model", cached / "snapshots" / revision)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(revision)
    (cached / "blobs").mkdir()
    command = [
        f"{folder}/python/bin/python", f"{folder}/python/bin/transformers", "serve", model, "--host", "127.0.0.1",
        "--port", str(port), "--device", "cpu",
    ]
    environment = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "HF_HUB_CACHE": str(hub)}
    with running(command, base_url, "/health", work / "transformers.log", environment) as loading:
        yield Serving(base_url, model, loading=loading)


REAL = {"llamacpp": llamacpp, "vllm": vllm, "transformers": transformers}


@contextlib.contextmanager
def simulated(kind, work):
    """The simulator of a kind, with the limits that the real engine was started with."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    lora = ("tiny-lora", "/weights/tiny-lora") if kind == "vllm" else None
    command = [
        os.environ["SWITCHYARD_BIN"], "sim", "--engine", kind, "--listen", f"127.0.0.1:{port}", "--model", f"{MODEL}=chat",
        "--ttft-ms=0", "--tokens-per-s=0", f"--context={CONTEXT[kind]}",
    ]
    if kind == "llamacpp":
        command += ["--model", "embedder=embedding", "--slots=2"]
    with running(command, base_url, "/_stats", work / f"sim-{kind}.log"):
        yield Serving(base_url, MODEL, lora)
