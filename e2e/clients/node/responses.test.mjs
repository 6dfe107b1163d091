// POST and WebSocket /v1/responses by the real `openai` package for Node.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { ResponsesWS } from "openai/resources/responses/ws";
import { AT_LENGTH, IN_OSLO, PERSON, PIXEL, WEATHER, chatting, leaving, models, proofOf, seeing, tenant } from "./asked.mjs";

const client = new OpenAI({ baseURL: tenant.endpoint, apiKey: tenant.api_key, maxRetries: 0 });
const proves = proofOf("openai (Node)");
const tools = [{ type: "function", name: "get_weather", description: "The weather in a city", parameters: WEATHER, strict: true }];
const text = { format: { type: "json_schema", name: "person", strict: true, schema: PERSON } };
const image = [
  {
    role: "user",
    content: [
      { type: "input_text", text: "What is this?" },
      { type: "input_image", image_url: PIXEL, detail: "auto" },
    ],
  },
];
const result = (call) => [{ type: "function_call_output", call_id: call.call_id, output: "12 degrees" }];

for (const model of models) {
  proves("responses", "plain", `${model}: a response is made`, async () => {
    const answer = await client.responses.create({ model, input: "What is a switchyard?" });
    assert.equal(answer.status, "completed");
    assert.ok(answer.output_text.length > 0);
  });

  proves("responses", "stream", `${model}: a stream ends with the whole`, async () => {
    const stream = client.responses.stream({ model, input: "Tell me about yards." });
    let said = "";
    stream.on("response.output_text.delta", (event) => (said += event.delta));
    const final = await stream.finalResponse();
    assert.equal(said, final.output_text);
    assert.ok(said.length > 0);
  });

  proves("responses", "tools", `${model}: a tool is called and answered`, async () => {
    const first = await client.responses.stream({ model, input: IN_OSLO, tools }).finalResponse();
    const call = first.output.find((item) => item.type === "function_call");
    assert.ok("city" in JSON.parse(call.arguments));
    const { type, call_id, name } = call;
    const said = { type, call_id, name, arguments: call.arguments };
    const input = [{ role: "user", content: IN_OSLO }, said, ...result(call)];
    assert.match((await client.responses.create({ model, input, tools })).output_text, /12 degrees/);
  });

  proves("responses", "JSON schema", `${model}: a response keeps to a schema`, async () => {
    const answer = await client.responses.create({ model, input: "Ada is 36.", text });
    assert.deepEqual(Object.keys(JSON.parse(answer.output_text)).sort(), ["age", "name"]);
  });

  proves("responses (WebSocket)", "stream", `${model}: a conversation goes on with nothing stored`, () =>
    connected(async (turn) => {
      const first = (await turn({ model, input: "My name is Ada.", store: false })).response;
      assert.equal(first.store, false);
      const asked = { model, input: "And now?", store: false, previous_response_id: first.id };
      const second = (await turn(asked)).response;
      assert.equal(second.previous_response_id, first.id);
      assert.ok(second.usage.input_tokens > first.usage.input_tokens + first.usage.output_tokens / 2);
    }));
}

proves("responses", "vision", "an image is seen by a response", async () => {
  assert.match((await client.responses.create({ model: seeing, input: image })).output_text, /1 image/);
});

proves("responses", "cancel", "an abort of a response reaches the engine", () =>
  leaving(async () => {
    const asked = { model: chatting, input: AT_LENGTH, max_output_tokens: 600, stream: true };
    const stream = await client.responses.create(asked);
    for await (const event of stream) if (event.type === "response.output_text.delta") stream.controller.abort();
  }));

/** Runs with an open socket; `turn` sends one `response.create` and gives its last event, or the first of a type. */
async function connected(run) {
  const socket = new ResponsesWS(client, { reconnect: null });
  const turn = (asked, awaited = "response.completed") =>
    new Promise((resolve, reject) => {
      const heard = (event) => {
        if (event.type === awaited) {
          socket.off("event", heard);
          resolve(event);
        }
      };
      socket.on("event", heard);
      socket.on("error", reject);
      socket.send({ type: "response.create", ...asked });
    });
  try {
    await run(turn);
  } finally {
    socket.close();
  }
}

/** What a response says as text. */
const said = ({ output }) =>
  output.filter((item) => item.type === "message").flatMap((item) => item.content.map((part) => part.text)).join("");

proves("responses (WebSocket)", "tools", "a tool is called over the socket", () =>
  connected(async (turn) => {
    const first = (await turn({ model: chatting, input: IN_OSLO, tools, store: false })).response;
    const call = first.output.find((item) => item.type === "function_call");
    const asked = { model: chatting, input: result(call), tools, store: false, previous_response_id: first.id };
    assert.match(said((await turn(asked)).response), /12 degrees/);
  }));

proves("responses (WebSocket)", "JSON schema", "a schema is kept over the socket", () =>
  connected(async (turn) => {
    const { response } = await turn({ model: chatting, input: "Ada is 36.", text, store: false });
    assert.deepEqual(Object.keys(JSON.parse(said(response))).sort(), ["age", "name"]);
  }));

proves("responses (WebSocket)", "vision", "an image is seen over the socket", () =>
  connected(async (turn) => {
    assert.match(said((await turn({ model: seeing, input: image, store: false })).response), /1 image/);
  }));

proves("responses (WebSocket)", "cancel", "a socket that closes reaches the engine", () =>
  leaving(() =>
    connected((turn) =>
      turn({ model: chatting, input: AT_LENGTH, max_output_tokens: 600, store: false }, "response.output_text.delta"),
    )));
