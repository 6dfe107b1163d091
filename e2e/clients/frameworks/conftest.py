"""The running platform, as demo.json and lab.json tell."""

import pytest

from asked import read


@pytest.fixture(scope="session")
def demo():
    return read("DEMO_JSON")


@pytest.fixture(scope="session")
def tenant(demo):
    return demo["tenants"][0]


@pytest.fixture(params=["vllm", "ollama"])
def model(request, demo):
    """A model on each kind of engine."""
    return demo["models"][0] if request.param == "vllm" else demo["models"][1]


@pytest.fixture(scope="session")
def embedder(demo):
    return next(name for name in demo["models"] if "embed" in name)


@pytest.fixture(scope="session")
def seeing():
    """A model that takes images."""
    return read("LAB_JSON")["models"]["chat"]["vllm"]
