"""OpenRouter's fields, sent by the real `openai` package as its users do: in `extra_body`."""

import json
import urllib.request

import openai
import pytest

from asked import ask


def test_another_model_answers_where_the_first_cannot(client, demo, lab):
    # Its engine is simulated, and told to refuse all work.
    fault = json.dumps({"kind": "http_503"}).encode()
    engine = lab["addresses"]["sglang"] + "/_fault"
    urllib.request.urlopen(urllib.request.Request(engine, fault, {"content-type": "application/json"})).close()
    try:
        first, second = lab["models"]["chat"]["sglang"], demo["models"][0]
        answer = client.chat.completions.create(
            model=first, messages=ask("Hi"), max_tokens=10, extra_body={"models": [second]}
        )
    finally:
        urllib.request.urlopen(urllib.request.Request(engine, method="DELETE")).close()
    assert answer.model == second


@pytest.mark.parametrize("suffix", ["", ":floor"])
def test_the_cheapest_may_be_asked_for(client, demo, suffix):
    asked = {"provider": {"sort": "price"}} if not suffix else {}
    answer = client.chat.completions.create(
        model=demo["models"][0] + suffix, messages=ask("Hi"), max_tokens=10, extra_body=asked
    )
    assert answer.choices[0].message.content
    assert answer.usage.cost > 0


def test_a_price_that_nobody_offers_is_refused(client, demo):
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(
            model=demo["models"][0],
            messages=ask("Hi"),
            extra_body={"provider": {"max_price": {"prompt": 0.000001, "completion": 0.000001}}},
        )
    assert caught.value.status_code in (400, 404, 503) and "max_price" in caught.value.message


@pytest.mark.parametrize("sort", ["latency", "throughput", "price"])
def test_the_fastest_or_the_cheapest_is_asked_for(client, demo, sort):
    answer = client.chat.completions.create(
        model=demo["models"][0], messages=ask("Hi"), extra_body={"provider": {"sort": sort}}
    )
    assert answer.model == demo["models"][0]
    assert client.chat.completions.create(model=f"{demo['models'][0]}:nitro", messages=ask("Hi")).choices


def test_an_order_that_is_not_known_is_refused_by_name(client, demo):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            model=demo["models"][0], messages=ask("Hi"), extra_body={"provider": {"sort": "beauty"}}
        )
    assert caught.value.param == "provider.sort"


def test_auto_picks_a_model_and_says_why(client):
    told = client.chat.completions.with_raw_response.create(
        model="auto", messages=ask("Refactor this: fn main() { let a = b(); }")
    )
    assert told.headers["x-switchyard-task"] == "code; it has marks of code"
    assert told.parse().model in [model.id for model in client.models.list()]


def test_a_model_is_told_in_openrouters_words(client, demo):
    told = client.models.retrieve(demo["models"][0]).model_dump()
    assert told["context_length"] > 0
    assert float(told["pricing"]["prompt"]) > 0
    assert "text" in told["architecture"]["input_modalities"]
