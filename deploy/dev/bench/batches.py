"""Interactive latency with a batch behind it, beside the same calls alone and beside the same load without the priority.

One engine with a fixed number of slots (the simulator: each call has its own pace, so what a call can lose is its wait
for a slot). Interactive calls, streamed, arrive at random but at the same moments in each part:

  alone      nothing else runs
  batch      1,000 lines run as a batch, by default on at most a quarter of the slots, for as long as they take
  control    the same 1,000 lines, as many at once as a tenant's batches may make, sent as ordinary calls

A share of the slots is what a batch may take. So the fourth part says what that would cost if it were simply gone:

  smaller    nothing else runs, on an engine without the batch's share of the slots

Printed: time to the first token and to the end, in milliseconds, with ratios to `alone`. The batch keeps to its share
when its row is not above `smaller`.
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench import MODEL, Processes, call, free_port, listening, onboard, until

SLOTS = 16
SHARE = 4
LINES = 1000
# What a tenant's batches may have under way at once, as the server has it by default.
AT_ONCE = 16
BODY = {"model": MODEL, "messages": [{"role": "user", "content": "Count."}], "max_tokens": 16, "ignore_eos": True}


async def streamed(port, key, body):
    """Seconds to the first token and to the end."""
    text = json.dumps(body).encode()
    head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n").encode()
    begun, first = time.perf_counter(), None
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head + text)
    seen = b""
    while piece := await reader.read(65536):
        seen += piece
        if first is None and b"\r\n\r\n" in seen and (b"data:" in seen or not body.get("stream")):
            first = time.perf_counter() - begun
    writer.close()
    if not seen.startswith(b"HTTP/1.1 200") or (body.get("stream") and b"[DONE]" not in seen):
        sys.exit(f"bench: a call was not answered well: {seen[:300].decode(errors='replace')}")
    return first, time.perf_counter() - begun


async def interactive(port, key, rate, over):
    """Calls at random moments, the same in each part, until `over()`."""
    moments, calls, at = random.Random(7), [], 0.0
    begun = time.perf_counter()
    while True:
        at += moments.expovariate(rate)
        await asyncio.sleep(max(0.0, begun + at - time.perf_counter()))
        if over(time.perf_counter() - begun):
            return await asyncio.gather(*calls)
        calls.append(asyncio.create_task(streamed(port, key, {**BODY, "stream": True})))


async def ordinary(port, key):
    """The lines as ordinary calls."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one():
        async with places:
            await streamed(port, key, BODY)

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(LINES)))
    return time.perf_counter() - begun


def begin_batch(port, key):
    """Uploads the lines; the batch's address."""
    line = lambda n: {"custom_id": f"line-{n}", "method": "POST", "url": "/v1/chat/completions", "body": BODY}
    content = "\n".join(json.dumps(line(n)) for n in range(LINES))
    form = ("--xxx\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--xxx\r\ncontent-disposition: "
            f"form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n{content}\r\n--xxx--\r\n").encode()
    bearer = {"Authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/files", data=form, method="POST",
                                     headers={**bearer, "Content-Type": "multipart/form-data; boundary=xxx"})
    with urllib.request.urlopen(request, timeout=30) as response:
        file = json.loads(response.read())
    order = {"input_file_id": file["id"], "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    batch, _ = call(f"http://127.0.0.1:{port}/v1/batches", "POST", order, bearer)
    return f"http://127.0.0.1:{port}/v1/batches/{batch['id']}", bearer


async def batch_done(address, bearer):
    begun = time.perf_counter()
    while True:
        batch, _ = await asyncio.to_thread(call, address, "GET", None, bearer)
        if batch["status"] in ("completed", "failed", "expired", "cancelled"):
            if batch["request_counts"]["completed"] != LINES:
                sys.exit(f"bench: the batch did not end well: {batch}")
            return time.perf_counter() - begun
        await asyncio.sleep(0.2)


async def beside(port, key, rate, work):
    """Interactive calls for as long as some work takes."""
    task = asyncio.create_task(work)
    measured = await interactive(port, key, rate, lambda _: task.done())
    return measured, await task


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))] * 1000


def row(name, measured, alone, took=None):
    firsts, ends = zip(*measured)
    cells, base = [], list(zip(*alone))
    for values, before in ((firsts, base[0]), (ends, base[1])):
        for q in (0.5, 0.99):
            now = quantile(values, q)
            cells.append(f"{now:7.0f} ({now / quantile(before, q):4.2f})")
    took = f"{took:7.1f} s" if took else ""
    print(f"{name:9} {len(measured):6}  " + "  ".join(cells) + f"  {took}", flush=True)


def serve(binary, folder, processes, slots, name):
    """A gateway with everything, an engine with so many slots, a key."""
    data = folder / name
    engine, port, admin = free_port(), free_port(), free_port()
    settings = ["--data-dir", str(data)]
    processes.start(f"sim-{name}", binary, "sim", "--engine", "vllm", "--listen", f"127.0.0.1:{engine}", "--model", MODEL,
                    "--ttft-ms", "50", "--tokens-per-s", "100", "--slots", str(slots), "--queue", "4096")
    subprocess.run([binary, "migrate", *settings], check=True, stdout=subprocess.DEVNULL)
    processes.start(name, binary, "serve", *settings, "--listen", f"127.0.0.1:{port}", "--admin-listen", f"127.0.0.1:{admin}",
                    env={"SWITCHYARD_GATEWAY__ASSUMED_SLOTS": str(slots)})
    until("the server", lambda: urllib.request.urlopen(f"http://127.0.0.1:{admin}/readyz", timeout=1).status == 200)
    until("the engine", lambda: listening(engine))
    made = subprocess.run([binary, "admin", "create-operator", "--email", "o@bench.example", "--with-token", *settings],
                          input="a long enough password 7\n", text=True, capture_output=True)
    token = re.search(r"sy_op_\w+", made.stdout)
    if not token:
        sys.exit(f"bench: no operator: {made.stdout}{made.stderr}")
    key = onboard(f"http://127.0.0.1:{port}/api/v1", token[0], f"http://127.0.0.1:{engine}")
    models = urllib.request.Request(f"http://127.0.0.1:{port}/v1/models", headers={"Authorization": f"Bearer {key}"})
    until("the key to be known", lambda: urllib.request.urlopen(models, timeout=1).status == 200)
    return port, key


async def measure(port, key, small, rate, seconds):
    await interactive(port, key, rate, lambda at: at > 3)
    print(f"{'':9} {'calls':>6}  {'first p50':>14}  {'first p99':>14}  {'end p50':>14}  {'end p99':>14}  the lines took")
    alone = await interactive(port, key, rate, lambda at: at > seconds)
    row("alone", alone, alone)
    address = begin_batch(port, key)
    row("batch", *arranged(await beside(port, key, rate, batch_done(*address)), alone))
    row("control", *arranged(await beside(port, key, rate, ordinary(port, key)), alone))
    row("smaller", await interactive(*small, rate, lambda at: at > seconds), alone)


def arranged(done, alone):
    measured, took = done
    return measured, alone, took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=40, help="of the parts in which nothing else runs")
    parser.add_argument("--load", type=float, default=0.6, help="interactive calls, as a share of what the engine can do")
    arguments = parser.parse_args()
    binary = os.environ["SWITCHYARD_BIN"]
    rate = arguments.load * SLOTS / (0.05 + BODY["max_tokens"] / 100)
    with tempfile.TemporaryDirectory(prefix="switchyard-bench-") as name:
        folder = Path(name)
        processes = Processes(folder)
        try:
            port, key = serve(binary, folder, processes, SLOTS, "whole")
            small = serve(binary, folder, processes, SLOTS - SHARE, "small")
            print(f"{SLOTS} slots, {rate:.1f} interactive calls a second ({arguments.load:.0%}), {LINES} lines, "
                  f"{os.cpu_count()} cores")
            asyncio.run(measure(port, key, small, rate, arguments.seconds))
        except SystemExit:
            for log in sorted(folder.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}", file=sys.stderr)
            raise
        finally:
            processes.stop()


main()
