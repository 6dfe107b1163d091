"""POST /v1/moderations by the real `openai` package."""

import pytest

proves = pytest.mark.proves


@proves("openai (Python)", "moderations", "plain")
def test_harm_is_told_from_harmless(client, lab):
    model = lab["models"]["moderation"]["vllm"]
    answer = client.moderations.create(model=model, input=["Lovely weather today", "I will kill and murder them"])
    harmless, harmful = answer.results
    assert not harmless.flagged
    assert harmful.flagged and harmful.categories.violence
    assert harmful.category_scores.violence > harmless.category_scores.violence
