"""CPU time per request of the gateway's process beside nginx's, to the same simulated engine, in one run.

The gateway runs alone in its process, with keys and durable metering on (spool synced by group commit) and the in-process
kv; its database belongs to another process. nginx passes the same requests through, unbuffered. Each round measures
nginx and then the gateway; the ratio is taken within a round, and the median over rounds is what is printed last.
CPU time is read from /proc, user and system together, of the server's processes alone.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
MODEL = "bench-8b"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(what, condition, seconds=30):
    """Waits for a condition, not for a time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = condition()
            if found:
                return found
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.05)
    sys.exit(f"bench: {what} did not happen within {seconds} s")


def listening(port):
    with socket.create_connection(("127.0.0.1", port), timeout=0.2):
        return True


class Processes:
    """Everything started here, ended here."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def start(self, name, *command, env=None):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(env or {})})
        self.started.append(process)
        return process

    def stop(self):
        for process in reversed(self.started):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.started):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def call(url, method="GET", body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
            return (json.loads(text) if text else None), response.headers
    except urllib.error.HTTPError as error:
        sys.exit(f"bench: {method} {url}: {error.code} {error.read().decode(errors='replace')}")


def onboard(api, operator, engine):
    """A tenant with a key, as an operator and its first owner would make them."""
    bearer = {"Authorization": f"Bearer {operator}"}
    call(f"{api}/models", "POST", {"name": MODEL, "context_length": 8192, "price": {
        "currency": "USD", "prompt": "0.00000005", "completion": "0.0000001"}}, bearer)
    call(f"{api}/deployments", "POST", {"name": "bench", "engine": "vllm", "base_url": engine, "model": MODEL}, bearer)
    made, _ = call(f"{api}/tenants", "POST", {"slug": "bench", "name": "Bench", "admin_email": "b@bench.example",
                                              "models": [MODEL], "max_concurrent_requests": 100000}, bearer)
    token = made["invitation"]["link"].rsplit("/", 1)[1]
    password = "a long enough password 7"
    call(f"{api}/invitations/accept", "POST", {"token": token, "name": "Bea Bench", "password": password})
    _, headers = call(f"{api}/sessions", "POST", {"email": "b@bench.example", "password": password, "tenant": "bench"})
    browser = {"Cookie": headers["Set-Cookie"].split(";")[0], "Sec-Fetch-Site": "same-origin"}
    key, _ = call(f"{api}/tenants/{made['id']}/keys", "POST",
                  {"name": "bench", "project_id": made["default_project_id"]}, browser)
    return key["secret"]


def cpu(pids):
    """Seconds of CPU time that processes have used so far."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def children(pid):
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def load(folder, port, key, body, seconds, connections):
    """One run of wrk: requests answered."""
    script = folder / "load.lua"
    script.write_text(
        f'wrk.method = "POST"\nwrk.body = {json.dumps(json.dumps(body))}\n'
        f'wrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer {key}"\n')
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{port}/v1/chat/completions"],
        capture_output=True, text=True, check=True).stdout
    if (bad := re.search(r"Non-2xx or 3xx responses: (\d+)", out)) or "Socket errors" in out:
        sys.exit(f"bench: not every request was answered well on port {port}: {bad and bad[0]}\n{out}")
    return int(re.search(r"(\d+) requests in", out)[1])


def measure(folder, server, key, body, arguments):
    before = cpu(server["pids"])
    requests = load(folder, server["port"], key, body, arguments.seconds, arguments.connections)
    return (cpu(server["pids"]) - before) / requests * 1e6, requests / arguments.seconds


def nginx_config(folder, port, upstream):
    path = folder / "nginx.conf"
    path.write_text(f"""
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/nb; proxy_temp_path {folder}/np; fastcgi_temp_path {folder}/nf;
  uwsgi_temp_path {folder}/nu; scgi_temp_path {folder}/ns;
  upstream engine {{ server 127.0.0.1:{upstream}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port}; keepalive_requests 1000000;
    location / {{ proxy_pass http://engine; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }}
  }}
}}""")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each measurement")
    parser.add_argument("--connections", type=int, default=32)
    arguments = parser.parse_args()
    binary = os.environ["SWITCHYARD_BIN"]
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool):
            sys.exit(f"bench: {tool} is missing; deploy/dev/install.sh bench installs it")
    with tempfile.TemporaryDirectory(prefix="switchyard-bench-") as name:
        folder = Path(name)
        processes = Processes(folder)
        try:
            run(binary, folder, processes, arguments)
        except SystemExit:
            for log in sorted(folder.glob("*.log")):
                tail = log.read_text(errors="replace")[-1500:]
                print(f"--- {log.name}\n{tail}", file=sys.stderr)
            raise
        finally:
            processes.stop()


def run(binary, folder, processes, arguments):
    data = folder / "data"
    engine, control, admin, proxy, own, own_admin = (free_port() for _ in range(6))
    settings = ["--data-dir", str(data)]
    at = lambda public, observed: ["--listen", f"127.0.0.1:{public}", "--admin-listen", f"127.0.0.1:{observed}"]
    processes.start("sim", binary, "sim", "--engine", "vllm", "--listen", f"127.0.0.1:{engine}", "--model", MODEL,
                    "--ttft-ms", "0", "--tokens-per-s", "0", "--slots", "1024", "--queue", "4096")
    subprocess.run([binary, "migrate", *settings], check=True, stdout=subprocess.DEVNULL)
    processes.start("control", binary, "control", *settings, *at(control, admin))
    until("the control plane", lambda: urllib.request.urlopen(f"http://127.0.0.1:{admin}/readyz", timeout=1).status == 200)
    made = subprocess.run([binary, "admin", "create-operator", "--email", "o@bench.example", "--with-token", *settings],
                          input="a long enough password 7\n", text=True, capture_output=True)
    token = re.search(r"sy_op_\w+", made.stdout)
    if not token:
        sys.exit(f"bench: no operator: {made.stdout}{made.stderr}")
    until("the engine", lambda: listening(engine))
    key = onboard(f"http://127.0.0.1:{control}/api/v1", token[0], f"http://127.0.0.1:{engine}")
    gateway = processes.start("gateway", binary, "gateway", *settings, *at(own, own_admin))
    nginx = processes.start("nginx", "nginx", "-c", nginx_config(folder, proxy, engine), "-p", folder)
    until("nginx", lambda: listening(proxy))
    until("the gateway", lambda: listening(own))
    until("readiness", lambda: urllib.request.urlopen(f"http://127.0.0.1:{own_admin}/readyz", timeout=1).status == 200)
    servers = {"nginx": {"port": proxy, "pids": children(nginx.pid)}, "gateway": {"port": own, "pids": [gateway.pid]}}
    small = {"model": MODEL, "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 16}
    words = "Count aloud, and go on until you are told to stop. " * 8
    stream = {"model": MODEL, "messages": [{"role": "user", "content": words}], "max_tokens": 200,
              "ignore_eos": True, "stream": True}
    shape, _ = call(f"http://127.0.0.1:{own}/v1/chat/completions", "POST", {**stream, "stream": False},
                    {"Authorization": f"Bearer {key}"})
    tokens = shape["usage"]["completion_tokens"]
    print(f"{arguments.rounds} rounds of {arguments.seconds} s, {arguments.connections} connections, {os.cpu_count()} cores; "
          f"a stream has {tokens} tokens")
    for title, body in (("small JSON", small), (f"stream of {tokens} tokens", stream)):
        compare(title, folder, servers, key, body, arguments)


def compare(title, folder, servers, key, body, arguments):
    ratios, times = [], {name: [] for name in servers}
    for name, server in servers.items():
        load(folder, server["port"], key, body, 1, arguments.connections)
    for _ in range(arguments.rounds):
        of = {}
        for name, server in servers.items():
            of[name], rate = measure(folder, server, key, body, arguments)
            times[name].append((of[name], rate))
        ratios.append(of["gateway"] / of["nginx"])
    print(f"\n{title}")
    for name, seen in times.items():
        micros = statistics.median(micros for micros, _ in seen)
        rate = statistics.median(rate for _, rate in seen)
        print(f"  {name:8} {micros:9.1f} µs CPU a request   {rate:9.0f} requests/s")
    print(f"  gateway / nginx: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
