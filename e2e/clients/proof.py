"""A pytest plugin: what each test proves, one line of JSON for each cell of docs/compatibility.md.

`@pytest.mark.proves(client, surface, *capabilities)` marks a test of a client; tests of engines call `record` themselves.
The lines go to a file of their own in the folder that RESULTS names; without it nothing is written.
"""

import json
import os
import pathlib

import pytest


def record(**cell):
    folder = os.environ.get("RESULTS")
    if folder:
        with open(pathlib.Path(folder) / f"python-{os.getpid()}.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(cell) + "\n")


def pytest_configure(config):
    config.addinivalue_line("markers", "proves(client, surface, *capabilities): cells that this test proves")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" or (report.when == "setup" and not report.passed):
        for mark in item.iter_markers("proves"):
            client, surface, *capabilities = mark.args
            for capability in capabilities:
                record(
                    client=client, surface=surface, capability=capability, test=item.nodeid, passed=report.passed
                )
    return report
