// What the clients ask, how they are run against the platform, and what each test proves for docs/compatibility.md.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const read = (variable) => JSON.parse(readFileSync(process.env[variable], "utf8"));

export const demo = read("DEMO_JSON");
export const tenant = demo.tenants[0];
/** Models on a simulated engine of each kind. */
export const lab = read("LAB_JSON");
export const seeing = lab.models.chat.vllm;
export const embedder = demo.models.find((name) => name.includes("embed"));
export const [chatting] = demo.models;
/** A model on each kind of engine. */
export const models = demo.models.slice(0, 2);

export const WEATHER = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
export const PERSON = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false,
};
export const IN_OSLO = "What is the weather in Oslo?";
export const AT_LENGTH = "Go on and on. ".repeat(40);
// One red pixel.
export const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
export const ask = (content) => [{ role: "user", content }];

/** A test that proves cells of a client: `proofOf("openai (Node)")("chat", "stream", name, run)`. */
export function proofOf(client) {
  return (surface, capability, name, run) =>
    test(name, async (context) => {
      let passed = false;
      try {
        await run(context);
        passed = true;
      } finally {
        const cell = JSON.stringify({ client, surface, capability, test: name, passed });
        if (process.env.RESULTS) appendFileSync(join(process.env.RESULTS, `node-${process.pid}.jsonl`), `${cell}\n`);
      }
    });
}

/** Calls that the demo's engines saw their caller leave. */
export async function cancelled() {
  const counts = demo.engines.map(async ({ base_url }) => (await (await fetch(`${base_url}/_stats`)).json()).cancelled);
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

export async function until(condition, complaint, seconds = 10) {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(complaint);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** That leaving a call reaches the engine. */
export async function leaving(call) {
  const before = await cancelled();
  await call();
  await until(async () => (await cancelled()) > before, "the engine still works for a client that left");
}
