// Files and batches by the real `openai` package for Node.
import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";
import { ask, chatting, proofOf, tenant, until } from "./asked.mjs";

const client = new OpenAI({ baseURL: tenant.endpoint, apiKey: tenant.api_key, maxRetries: 0 });
const proves = proofOf("openai (Node)");
const endpoint = "/v1/chat/completions";

/** A batch of `good` lines after `bad` ones that name no model that there is. */
async function made(good, bad) {
  const line = (at) => ({
    custom_id: `line-${at}`, method: "POST", url: endpoint,
    body: { model: at < bad ? "no-such-model" : chatting, messages: ask(`Line ${at}`), max_tokens: 10 },
  });
  const rows = Array.from({ length: good + bad }, (_, at) => JSON.stringify(line(at))).join("\n");
  const file = await client.files.create({ file: await toFile(Buffer.from(rows), "lines.jsonl"), purpose: "batch" });
  return client.batches.create({ input_file_id: file.id, endpoint, completion_window: "24h" });
}

async function ended({ id }) {
  let batch;
  await until(async () => {
    batch = await client.batches.retrieve(id);
    return ["completed", "failed", "cancelled", "expired"].includes(batch.status);
  }, "the batch does not end", 60);
  return batch;
}

const read = async (id) => (await (await client.files.content(id)).text()).trim().split("\n").map((row) => JSON.parse(row));

proves("files", "plain", "a file is kept, listed, read and deleted", async () => {
  const file = await client.files.create({ file: await toFile(Buffer.from('{"a": 1}\n'), "notes.jsonl"), purpose: "batch" });
  assert.equal(file.bytes, 9);
  const ids = [];
  for await (const one of client.files.list()) ids.push(one.id);
  assert.ok(ids.includes(file.id));
  assert.equal(await (await client.files.content(file.id)).text(), '{"a": 1}\n');
  assert.ok((await client.files.delete(file.id)).deleted);
  await assert.rejects(client.files.retrieve(file.id), OpenAI.NotFoundError);
});

proves("batches", "plain", "a batch answers its good lines and names its bad ones", async () => {
  const batch = await ended(await made(8, 2));
  assert.equal(batch.status, "completed");
  const { total, completed, failed } = batch.request_counts;
  assert.deepEqual([total, completed, failed], [10, 8, 2]);
  assert.equal((await read(batch.output_file_id)).length, 8);
  assert.deepEqual((await read(batch.error_file_id)).map((one) => one.custom_id), ["line-0", "line-1"]);
});

proves("batches", "cancel", "a batch can be cancelled", async () => {
  const batch = await made(200, 0);
  await client.batches.cancel(batch.id);
  assert.equal((await ended(batch)).status, "cancelled");
});
