import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { demo } from "../support/demo";
import { chat, expect, open, signIn, signInAsOperator, test } from "../support/console";

const [acme] = demo().tenants;
const unique = () => Date.now().toString(36);

/** Names of two models for chats that the tenant may use. */
async function chatModels(): Promise<[string, string]> {
  const answer = await fetch(`${acme.endpoint}/models`, { headers: { authorization: `Bearer ${acme.api_key}` } });
  const { data } = await answer.json();
  const names: string[] = data.map((model: { id: string }) => model.id);
  const chats = names.filter((name) => /llama|qwen|gpt|mistral|gemma|phi/i.test(name) && !/embed|rerank/i.test(name));
  return [chats[0], chats[1] ?? chats[0]];
}

async function wellMade(page: Page) {
  const found = await new AxeBuilder({ page }).analyze();
  const serious = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  expect(serious.map((one) => `${page.url()}: ${one.id} ${one.nodes.map((node) => node.target).join(" ")}`)).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sideways, `${page.url()} is as wide as its window`).toBeLessThanOrEqual(0);
}

/** As wide as a phone, then as before. */
async function wellMadeEverywhere(page: Page) {
  const before = page.viewportSize() ?? { width: 1280, height: 720 };
  for (const size of [{ width: 1440, height: 900 }, { width: 390, height: 844 }, before]) {
    await page.setViewportSize(size);
    await wellMade(page);
  }
}

/** A route with a canary of a tenth, made by its form. Its page is open then. */
async function makeRoute(page: Page, base: string, name: string, [first, second]: [string, string]) {
  await open(page, `${base}/new`);
  await page.getByLabel("Name for calls").fill(name);
  await page.getByRole("button", { name: `Add ${first} to models` }).click();
  await page.getByRole("button", { name: "Add an arm" }).click();
  const canary = page.getByRole("group", { name: "Arm canary" });
  await canary.getByRole("textbox", { name: "Models" }).fill(second);
  await page.getByRole("button", { name: "Add route" }).click();
  await page.waitForURL(new RegExp(`${base}/route_`));
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("an operator makes a route with a canary, moves its share, promotes it and goes back", async ({ page }) => {
  test.setTimeout(90_000);
  const name = `canary-${unique()}`;
  await signInAsOperator(page);
  await makeRoute(page, "/operator/routes", name, await chatModels());
  await wellMadeEverywhere(page);

  const canary = page.getByRole("slider", { name: "Share of canary" });
  await expect(canary).toHaveValue("10");
  await canary.fill("25");
  await expect(page.getByRole("slider", { name: "Share of stable" })).toHaveValue("75");
  await page.getByRole("button", { name: "Apply shares" }).click();
  await expect(page.getByText("In force: stable 75%, canary 25%")).toBeVisible();
  await expect(page.getByText("canary went from 10% to 25%")).toBeVisible();

  await expect
    .poll(async () => (await chat(acme.endpoint, acme.api_key, name)).status, { message: "the route is called like a model" })
    .toBe(200);

  await page.getByRole("button", { name: "Promote canary…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Promote canary" }).click();
  await expect(page.getByText("All calls go to canary from now on")).toBeVisible();

  const second = page.getByRole("row").filter({ hasText: "Version 2" });
  await second.getByRole("button", { name: "Put in force…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Put version 2 in force" }).click();
  await expect(page.getByText("Version 2 is in force again")).toBeVisible();
  await expect(page.getByText("Rolled back from 3")).toBeVisible();

  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.waitForURL("**/operator/routes");
});

test("a change made from a version that is gone is told kindly", async ({ page, context }) => {
  const name = `race-${unique()}`;
  await signInAsOperator(page);
  await makeRoute(page, "/operator/routes", name, await chatModels());
  const other = await context.newPage();
  await open(other, page.url());
  for (const [who, share] of [[other, "30"], [page, "40"]] as const) {
    await who.getByRole("slider", { name: "Share of canary" }).fill(share);
    await who.getByRole("button", { name: "Apply shares" }).click();
  }
  await expect(page.getByText("Somebody changed this route meanwhile")).toBeVisible();
});

test("what is wrong with a route is told at its field", async ({ page }) => {
  await signInAsOperator(page);
  await open(page, "/operator/routes/new");
  await page.getByLabel("Name for calls").fill(`wrong-${unique()}`);
  await page.getByRole("textbox", { name: "Models" }).fill("no-such-model");
  await page.getByRole("button", { name: "Add route" }).click();
  await expect(page.getByText("There is no model `no-such-model`")).toBeVisible();
  await page.getByRole("textbox", { name: "Models" }).fill((await chatModels())[0]);
  await page.getByText("Attempts, hedging and copies").click();
  await page.getByLabel("Ask a second deployment after").fill("1");
  await page.getByRole("button", { name: "Add route" }).click();
  await expect(page.getByText(/expected 10 to 60000 milliseconds/)).toBeVisible();
});

test("a decision is explained, and its record again", async ({ page }) => {
  const [model] = await chatModels();
  expect((await chat(acme.endpoint, acme.api_key, model)).status).toBe(200);
  await signInAsOperator(page);
  await open(page, "/operator/explain");
  await wellMadeEverywhere(page);
  await page.getByRole("table", { name: "Recent decisions" }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1, name: "A decision" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "In the order in which they are tried" })).toBeVisible();
  await wellMadeEverywhere(page);
  await page.getByText("The record as JSON").click();
  const record = await page.getByRole("group", { name: "the record" }).locator("code").textContent();

  await open(page, "/operator/explain");
  await page.getByText("Explain a record").click();
  await page.getByLabel("Record", { exact: true }).fill(record ?? "");
  await page.getByRole("button", { name: "Explain record" }).click();
  await expect(page.getByRole("heading", { name: "In the order in which they are tried" })).toBeVisible();
});

test("a request is explained without being sent", async ({ page }) => {
  const [model] = await chatModels();
  await signInAsOperator(page);
  await open(page, "/operator/explain");
  await page.getByText("Try a request").click();
  await page.getByLabel("Tenant").selectOption(acme.id);
  await page.getByLabel("Body").fill(JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }));
  await page.getByRole("button", { name: "Explain request" }).click();
  await expect(page.getByRole("heading", { name: "In the order in which they are tried" })).toBeVisible();
  await page.getByLabel("Body").fill("{");
  await page.getByRole("button", { name: "Explain request" }).click();
  await expect(page.getByText(/This is no JSON/)).toBeVisible();
});

test("a tenant makes an alias and calls it", async ({ page }) => {
  const [first, second] = await chatModels();
  const name = `main-${unique()}`;
  await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
  await page.waitForURL(`**/t/${acme.slug}`);
  const base = `/t/${acme.slug}/routes`;
  await open(page, `${base}/new`);
  await expect(page.getByText("Where it may run")).toHaveCount(0);
  await page.getByLabel("Name for calls").fill(name);
  await page.getByRole("textbox", { name: "Models" }).fill(first);
  await page.getByText("When it cannot").click();
  await page.getByRole("textbox", { name: "Fallbacks" }).fill(second);
  await wellMadeEverywhere(page);
  await page.getByRole("button", { name: "Add route" }).click();
  await page.waitForURL(new RegExp(`${base}/route_`));
  await wellMadeEverywhere(page);
  await expect.poll(async () => (await chat(acme.endpoint, acme.api_key, name)).status).toBe(200);
  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.waitForURL(`**${base}`);
});

test("a tenant sees where a model runs", async ({ page }) => {
  await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
  await page.waitForURL(`**/t/${acme.slug}`);
  await open(page, `/t/${acme.slug}/models`);
  await page.getByRole("table", { name: "Models" }).getByRole("link").first().click();
  const card = page.getByRole("region", { name: "Where it runs" });
  await expect(card).toContainText("Shared machines");
});
