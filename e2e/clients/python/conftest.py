"""The running platform, as demo.json and lab.json tell."""

import openai
import pytest

from asked import read


@pytest.fixture(scope="session")
def demo():
    return read("DEMO_JSON")


@pytest.fixture(scope="session")
def lab():
    """Models on a simulated engine of each kind: {"models": {kind: {engine: name}}, "addresses": {engine: URL}}."""
    return read("LAB_JSON")


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


@pytest.fixture(scope="session")
def seeing(lab):
    """A model that takes images."""
    return lab["models"]["chat"]["vllm"]
