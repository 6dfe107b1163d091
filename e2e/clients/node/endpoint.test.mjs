// A tenant's endpoint, driven by the real `openai` package for Node.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import OpenAI from "openai";

const demo = JSON.parse(readFileSync(process.env.DEMO_JSON, "utf8"));
const tenant = demo.tenants[0];
const client = new OpenAI({ baseURL: tenant.endpoint, apiKey: tenant.api_key, maxRetries: 0 });
const ask = (content) => [{ role: "user", content }];

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

for (const model of demo.models) {
  test(`${model}: a chat is answered`, async () => {
    const answer = await client.chat.completions.create({ model, messages: ask("What is a switchyard?"), max_tokens: 40 });
    assert.equal(answer.model, model);
    assert.ok(answer.choices[0].message.content.length > 0);
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  });

  test(`${model}: a stream is put together by the client`, async () => {
    const runner = client.chat.completions.stream({ model, messages: ask("Tell me about yards."), max_tokens: 40 });
    const final = await runner.finalChatCompletion();
    assert.ok(final.choices[0].message.content.length > 0);
    assert.ok(["stop", "length"].includes(final.choices[0].finish_reason));
  });

  test(`${model}: a streamed tool call is put together by the client`, async () => {
    const runner = client.chat.completions.stream({ model, messages: ask("What is the weather in Oslo?"), tools: [weather] });
    const [call] = (await runner.finalChatCompletion()).choices[0].message.tool_calls;
    assert.equal(call.function.name, "get_weather");
    assert.ok("city" in JSON.parse(call.function.arguments));
  });
}

test("models are listed", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  for (const model of demo.models) assert.ok(ids.includes(model));
});

test("a bad key is an authentication error", async () => {
  const stranger = new OpenAI({ baseURL: tenant.endpoint, apiKey: "sy_live_nonsense", maxRetries: 0 });
  await assert.rejects(stranger.models.list(), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, "invalid_api_key");
    return true;
  });
});

test("an abort ends the stream", async () => {
  const stream = await client.chat.completions.create({
    model: demo.models[0], messages: ask("Go on and on. ".repeat(40)), max_tokens: 600, stream: true,
  });
  let seen = 0;
  for await (const _ of stream) {
    seen += 1;
    if (seen === 3) stream.controller.abort();
  }
  assert.ok(seen >= 3 && seen < 100);
});
