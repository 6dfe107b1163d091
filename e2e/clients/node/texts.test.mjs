// Completions, embeddings, moderations, rerank and tokens by the real `openai` package for Node.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { AT_LENGTH, chatting, demo, embedder, lab, leaving, models, proofOf, tenant } from "./asked.mjs";

const client = new OpenAI({ baseURL: tenant.endpoint, apiKey: tenant.api_key, maxRetries: 0 });
const proves = proofOf("openai (Node)");
const prompt = "Once upon a time";

for (const model of models) {
  proves("completions", "plain", `${model}: a prompt is completed`, async () => {
    const answer = await client.completions.create({ model, prompt, max_tokens: 30 });
    assert.equal(answer.object, "text_completion");
    assert.ok(answer.choices[0].text.length > 0);
  });

  proves("completions", "stream", `${model}: a completion streams`, async () => {
    let text = "";
    for await (const chunk of await client.completions.create({ model, prompt, max_tokens: 30, stream: true })) {
      text += chunk.choices[0]?.text ?? "";
    }
    assert.ok(text.length > 0);
  });
}

proves("completions", "cancel", "an abort of a completion reaches the engine", () =>
  leaving(async () => {
    const stream = await client.completions.create({ model: chatting, prompt: AT_LENGTH, max_tokens: 600, stream: true });
    for await (const _ of stream) stream.controller.abort();
  }));

proves("embeddings", "plain", "texts become vectors, in base64 unless told otherwise", async () => {
  const packed = await client.embeddings.create({ model: embedder, input: ["a cat", "a dog"] });
  const floats = await client.embeddings.create({ model: embedder, input: "a cat", encoding_format: "float" });
  assert.equal(packed.data.length, 2);
  const [first] = packed.data;
  assert.equal(first.embedding.length, floats.data[0].embedding.length);
  floats.data[0].embedding.forEach((number, at) => assert.ok(Math.abs(number - first.embedding[at]) < 1e-6));
});

proves("embeddings", "plain", "dimensions and tokens are taken", async () => {
  const model = lab.models.embedding.vllm;
  const answer = await client.embeddings.create({ model, input: [[1, 2, 3], [4, 5]], dimensions: 64 });
  assert.deepEqual(answer.data.map((one) => one.embedding.length), [64, 64]);
  assert.equal(answer.usage.prompt_tokens, 5);
});

proves("moderations", "plain", "harm is told from harmless", async () => {
  const input = ["Lovely weather today", "I will kill and murder them"];
  const { results } = await client.moderations.create({ model: lab.models.moderation.vllm, input });
  assert.deepEqual(results.map((one) => one.flagged), [false, true]);
});

proves("rerank", "plain", "documents are put in order", async () => {
  const model = demo.models.find((name) => name.includes("rerank"));
  const body = { model, query: "cats", documents: ["about stones", "cats are cats"] };
  const { results } = await client.post("/rerank", { body });
  assert.equal(results[0].index, 1);
});

proves("tokenize", "plain", "a prompt's tokens are told", async () => {
  const answer = await client.post("/tokenize", { body: { model: chatting, prompt: "Hello there" } });
  assert.ok(answer.count > 0 && answer.tokens.length === answer.count);
});
