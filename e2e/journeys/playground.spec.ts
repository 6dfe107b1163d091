import { demo } from "../support/demo";
import { expect, open, signIn, test } from "../support/console";

const [acme] = demo().tenants;
const playground = `/t/${acme.slug}/playground`;

test.beforeEach(async ({ page }) => {
  await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
  await page.waitForURL(`**/t/${acme.slug}`);
});

test("two models answer side by side, with their speed and cost", async ({ page }) => {
  await open(page, playground);
  const columns = page.locator("section.talk");
  await expect(columns).toHaveCount(1);
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(columns).toHaveCount(2);
  await page.getByLabel("System prompt").fill("Answer briefly.");
  await page.getByLabel("Longest answer").fill("48");
  const prompt = page.getByLabel("Message to the models");
  await prompt.fill("Name three rivers.");
  await prompt.press("Enter");
  for (const column of await columns.all()) {
    await expect(column.locator(".talk-said")).toHaveText("Name three rivers.");
    await expect(column).not.toHaveAttribute("aria-busy", "true");
    await expect(column.locator(".talk-answer .prose")).not.toBeEmpty();
    const figures = column.locator(".talk-figures");
    await expect(figures).toContainText(/First token\s*[\d.]+ (ms|s)/);
    await expect(figures).toContainText(/Speed\s*[\d.]+ tok\/s/);
    await expect(figures).toContainText(/Cost\s*(\$|free)/);
  }
  await expect(prompt).toHaveValue("");
});

test("an answer is Markdown, harmless, and text where that is wanted", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  // What a model may say is the browser's to fear, so it is said in its place.
  const answer = [
    "## Rivers\n\nThe **Ob** is [long](https://ob.example) and [evil](javascript:alert(1)).\n\n",
    '```python\nprint("<b>hi</b>")\n```\n\n<img src=x onerror="document.title=1">\n\n',
    "| river | km |\n|---|---|\n| Ob | 3650 |\n",
  ];
  await page.route("**/playground/chat", (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: [
        ...answer.map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`),
        "data: [DONE]\n\n",
      ].join(""),
    }),
  );
  await open(page, playground);
  await page.getByLabel("Message to the models").fill("Rivers?");
  await page.getByRole("button", { name: "Send" }).click();
  const prose = page.locator(".talk-answer .prose");
  await expect(prose.getByRole("heading", { name: "Rivers" })).toBeVisible();
  await expect(prose.getByRole("cell", { name: "3650" })).toBeVisible();
  await expect(prose.getByRole("link")).toHaveCount(1);
  await expect(prose.getByRole("link")).toHaveAttribute("rel", "noopener noreferrer nofollow");
  await expect(prose).toContainText("onerror");
  await expect(prose.locator("img, script, b")).toHaveCount(0);
  await prose.getByRole("button", { name: "Copy" }).click();
  await expect(prose.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('print("<b>hi</b>")');
  await page.getByRole("button", { name: "Answers as text" }).click();
  await expect(page.locator(".talk-answer .talk-text")).toContainText("## Rivers");
  await expect(prose).toHaveCount(0);
});

test("an answer is stopped, and what came stays", async ({ page }) => {
  await open(page, playground);
  const prompt = page.getByLabel("Message to the models");
  await prompt.fill("Tell a very long story of the north. ".repeat(40));
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator(".talk-arriving .talk-text")).toContainText("north");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible();
});

test("settings that cannot be sent say so beside their fields", async ({ page }) => {
  await open(page, playground);
  await page.getByLabel("Temperature").fill("hot");
  await page.getByLabel("Tools").fill("{");
  const prompt = page.getByLabel("Message to the models");
  await prompt.fill("Hello");
  await prompt.press("Enter");
  await expect(page.getByText("Expected a number from 0 to 2")).toBeVisible();
  await expect(page.getByText(/Not JSON/)).toBeVisible();
  await expect(page.locator(".talk-said")).toHaveCount(0);
});

test("a setup is shared by a link and opened again; the same request is shown as code", async ({ page }) => {
  await open(page, playground);
  await page.getByLabel("System prompt").fill("You are a pirate.");
  await page.getByLabel("Temperature").fill("0.2");
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Share this setup" });
  await dialog.getByLabel("Title").fill("A pirate");
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const link = dialog.getByRole("group", { name: "link" }).locator("code");
  await expect(link).toHaveText(/\/playground\?share=share_\w+$/);
  const path = new URL((await link.textContent()) ?? "").search;

  await open(page, `${playground}${path}`);
  await expect(page.getByText("“A pirate”, shared by")).toBeVisible();
  await expect(page.getByLabel("System prompt")).toHaveValue("You are a pirate.");
  await page.getByRole("button", { name: "View as code" }).first().click();
  const code = page.getByRole("dialog", { name: "View as code" });
  await expect(code.locator("pre").first()).toContainText("You are a pirate.");
  await expect(code.locator("pre").first()).toContainText('"temperature": 0.2');
});
