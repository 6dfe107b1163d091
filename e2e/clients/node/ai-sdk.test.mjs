// A tenant's endpoint, driven by Vercel's AI SDK with its provider for OpenAI-compatible servers.
import assert from "node:assert/strict";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embed, embedMany, generateObject, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { AT_LENGTH, IN_OSLO, PIXEL, chatting, embedder, leaving, models, proofOf, seeing, tenant } from "./asked.mjs";

const provider = createOpenAICompatible({
  name: "switchyard", baseURL: tenant.endpoint, apiKey: tenant.api_key, supportsStructuredOutputs: true, includeUsage: true,
});
const proves = proofOf("AI SDK (Node)");
const settings = { maxRetries: 0 };
const weather = tool({
  description: "The weather in a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async () => "12 degrees",
});

for (const name of models) {
  const model = provider(name);

  proves("chat", "plain", `${name}: generateText`, async () => {
    const { text, usage } = await generateText({ ...settings, model, prompt: "What is a switchyard?" });
    assert.ok(text.length > 0 && usage.outputTokens > 0);
  });

  proves("chat", "stream", `${name}: streamText`, async () => {
    const stream = streamText({ ...settings, model, prompt: "Tell me about yards.", onError: ({ error }) => { throw error; } });
    let said = "";
    for await (const piece of stream.textStream) said += piece;
    assert.ok(said.length > 0);
    assert.ok((await stream.usage).outputTokens > 0);
  });

  proves("chat", "tools", `${name}: a tool is run and its answer used`, async () => {
    const asked = { ...settings, model, prompt: IN_OSLO, tools: { get_weather: weather }, stopWhen: stepCountIs(2) };
    assert.match((await generateText(asked)).text, /12 degrees/);
    assert.match(await streamText(asked).text, /12 degrees/);
  });

  proves("chat", "JSON schema", `${name}: generateObject`, async () => {
    const schema = z.object({ name: z.string(), age: z.number().int() });
    const { object } = await generateObject({ ...settings, model, schema, prompt: "Ada is 36." });
    assert.deepEqual(Object.keys(object).sort(), ["age", "name"]);
  });
}

proves("chat", "vision", "an image is seen by the AI SDK", async () => {
  const content = [{ type: "text", text: "What is this?" }, { type: "image", image: PIXEL }];
  const { text } = await generateText({ ...settings, model: provider(seeing), messages: [{ role: "user", content }] });
  assert.match(text, /1 image/);
});

proves("chat", "cancel", "an abort by the AI SDK reaches the engine", () =>
  leaving(async () => {
    const abort = new AbortController();
    const asked = { ...settings, model: provider(chatting), prompt: AT_LENGTH, maxOutputTokens: 600 };
    const stream = streamText({ ...asked, abortSignal: abort.signal });
    for await (const _ of stream.textStream) abort.abort();
  }));

proves("completions", "plain", "a prompt is completed by the AI SDK", async () => {
  const model = provider.completionModel(chatting);
  assert.ok((await generateText({ ...settings, model, prompt: "Once upon a time", maxOutputTokens: 30 })).text.length > 0);
});

proves("completions", "stream", "a completion streams to the AI SDK", async () => {
  const model = provider.completionModel(chatting);
  const stream = streamText({ ...settings, model, prompt: "Once upon a time", maxOutputTokens: 30 });
  assert.ok((await stream.text).length > 0);
});

proves("completions", "cancel", "an abort of a completion by the AI SDK reaches the engine", () =>
  leaving(async () => {
    const abort = new AbortController();
    const asked = { ...settings, model: provider.completionModel(chatting), prompt: AT_LENGTH, maxOutputTokens: 600 };
    const stream = streamText({ ...asked, abortSignal: abort.signal });
    for await (const _ of stream.textStream) abort.abort();
  }));

proves("embeddings", "plain", "embed and embedMany", async () => {
  const model = provider.embeddingModel(embedder);
  const one = await embed({ ...settings, model, value: "a dog" });
  const { embeddings } = await embedMany({ ...settings, model, values: ["a cat", "a dog"] });
  assert.equal(embeddings.length, 2);
  one.embedding.forEach((number, at) => assert.ok(Math.abs(number - embeddings[1][at]) < 1e-6));
});
