"""The running platform, as its demo.json tells."""

import json
import os
import pathlib

import openai
import pytest


@pytest.fixture(scope="session")
def demo():
    return json.loads(pathlib.Path(os.environ["DEMO_JSON"]).read_text())


@pytest.fixture(scope="session")
def tenant(demo):
    return demo["tenants"][0]


@pytest.fixture()
def client(tenant):
    return openai.OpenAI(base_url=tenant["endpoint"], api_key=tenant["api_key"], max_retries=0)


@pytest.fixture(params=["vllm", "ollama"])
def model(request, demo):
    """A model on each kind of engine."""
    return demo["models"][0] if request.param == "vllm" else demo["models"][1]
