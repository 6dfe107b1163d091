"""Files and batches by the real `openai` package."""

import json

import openai
import pytest

from asked import ask, until

CLIENT = "openai (Python)"
proves = pytest.mark.proves
ENDED = ("completed", "failed", "cancelled", "expired")


def lines(model, good, bad):
    """Good lines, and some that name no model that there is."""
    for number in range(good + bad):
        name = model if number >= bad else "no-such-model"
        body = {"model": name, "messages": ask(f"Line {number}"), "max_tokens": 10}
        yield {"custom_id": f"line-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}


def uploaded(client, rows):
    text = "\n".join(json.dumps(row) for row in rows)
    return client.files.create(file=("lines.jsonl", text.encode()), purpose="batch")


def ended(client, batch, seconds=60):
    until(lambda: client.batches.retrieve(batch.id).status in ENDED, "the batch does not end", seconds)
    return client.batches.retrieve(batch.id)


def read(client, file_id):
    return [json.loads(line) for line in client.files.content(file_id).text.splitlines()]


@proves(CLIENT, "files", "plain")
def test_a_file_is_kept_listed_read_and_deleted(client):
    made = client.files.create(file=("notes.jsonl", b'{"a": 1}\n'), purpose="batch")
    assert made.filename == "notes.jsonl" and made.bytes == 9 and made.purpose == "batch"
    assert client.files.retrieve(made.id).id == made.id
    assert made.id in [file.id for file in client.files.list()]
    assert client.files.content(made.id).read() == b'{"a": 1}\n'
    assert client.files.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(made.id)


@proves(CLIENT, "batches", "plain")
def test_a_batch_answers_its_good_lines_and_names_its_bad_ones(client, demo):
    file = uploaded(client, lines(demo["models"][0], good=8, bad=2))
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    batch = ended(client, batch)
    assert batch.status == "completed"
    counts = batch.request_counts
    assert (counts.total, counts.completed, counts.failed) == (10, 8, 2)
    answers = read(client, batch.output_file_id)
    assert [one["custom_id"] for one in answers] == [f"line-{number}" for number in range(2, 10)]
    assert all(one["response"]["body"]["choices"][0]["message"]["content"] for one in answers)
    errors = read(client, batch.error_file_id)
    assert [one["custom_id"] for one in errors] == ["line-0", "line-1"]
    assert batch.id in [one.id for one in client.batches.list()]


@proves(CLIENT, "batches", "cancel")
def test_a_batch_can_be_cancelled(client, demo):
    file = uploaded(client, lines(demo["models"][0], good=200, bad=0))
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    assert client.batches.cancel(batch.id).status in ("cancelling", "cancelled")
    assert ended(client, batch).status == "cancelled"
