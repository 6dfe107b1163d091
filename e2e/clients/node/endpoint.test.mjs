// A tenant's endpoint, driven by the real `openai` package for Node: chat, models, refusals.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { AT_LENGTH, IN_OSLO, PERSON, PIXEL, WEATHER, ask, chatting, demo, leaving, models, proofOf, seeing, tenant } from "./asked.mjs";

const client = new OpenAI({ baseURL: tenant.endpoint, apiKey: tenant.api_key, maxRetries: 0 });
const proves = proofOf("openai (Node)");
const tools = [
  { type: "function", function: { name: "get_weather", description: "The weather in a city", parameters: WEATHER } },
];

for (const model of models) {
  proves("chat", "plain", `${model}: a chat is answered`, async () => {
    const answer = await client.chat.completions.create({ model, messages: ask("What is a switchyard?"), max_tokens: 40 });
    assert.equal(answer.model, model);
    assert.ok(answer.choices[0].message.content.length > 0);
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  });

  proves("chat", "stream", `${model}: a stream is put together by the client`, async () => {
    const runner = client.chat.completions.stream({ model, messages: ask("Tell me about yards."), max_tokens: 40 });
    const final = await runner.finalChatCompletion();
    assert.ok(final.choices[0].message.content.length > 0);
    assert.ok(["stop", "length"].includes(final.choices[0].finish_reason));
  });

  proves("chat", "tools", `${model}: a streamed tool call is put together by the client`, async () => {
    const runner = client.chat.completions.stream({ model, messages: ask(IN_OSLO), tools });
    const [call] = (await runner.finalChatCompletion()).choices[0].message.tool_calls;
    assert.equal(call.function.name, "get_weather");
    assert.ok("city" in JSON.parse(call.function.arguments));
  });

  proves("chat", "JSON schema", `${model}: an answer keeps to a schema`, async () => {
    const shape = { type: "json_schema", json_schema: { name: "person", strict: true, schema: PERSON } };
    const answer = await client.chat.completions.create({ model, messages: ask("Ada is 36."), response_format: shape });
    assert.deepEqual(Object.keys(JSON.parse(answer.choices[0].message.content)).sort(), ["age", "name"]);
  });
}

proves("chat", "vision", "an image is seen", async () => {
  const parts = [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: PIXEL } }];
  const answer = await client.chat.completions.create({ model: seeing, messages: ask(parts) });
  assert.match(answer.choices[0].message.content, /1 image/);
});

proves("chat", "cancel", "an abort reaches the engine", () =>
  leaving(async () => {
    const stream = await client.chat.completions.create({
      model: chatting, messages: ask(AT_LENGTH), max_tokens: 600, stream: true,
    });
    let seen = 0;
    for await (const _ of stream) {
      seen += 1;
      if (seen === 3) stream.controller.abort();
    }
    assert.ok(seen >= 3 && seen < 100);
  }));

proves("models", "plain", "models are listed and found", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  for (const model of demo.models) assert.ok(ids.includes(model));
  assert.equal((await client.models.retrieve(chatting)).id, chatting);
});

test("a bad key is an authentication error", async () => {
  const stranger = new OpenAI({ baseURL: tenant.endpoint, apiKey: "sy_live_nonsense", maxRetries: 0 });
  await assert.rejects(stranger.models.list(), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, "invalid_api_key");
    return true;
  });
});
