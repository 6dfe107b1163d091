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
    await expect(column.locator(".talk-answer .talk-text").first()).not.toBeEmpty();
    await expect(column).not.toHaveAttribute("aria-busy", "true");
    const figures = column.locator(".talk-figures");
    await expect(figures).toContainText(/First token\s*[\d.]+ (ms|s)/);
    await expect(figures).toContainText(/Speed\s*[\d.]+ tok\/s/);
    await expect(figures).toContainText(/Cost\s*(\$|free)/);
  }
  await expect(prompt).toHaveValue("");
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
