import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import { demo } from "../support/demo";
import { expect, open, signIn, signInAsOperator, test } from "../support/console";

const [acme] = demo().tenants;
const at = (page: string) => `/t/${acme.slug}${page}`;
const TENANT_PAGES = [
  "", "/usage", "/calls", "/quick-start", "/keys", "/projects", "/people", "/audit",
  "/models", "/models?q=nothing-like-it&sort=cheap", "/playground", "/batches", "/files", "/upstreams", "/routes", "/routes/new", "/account",
].map(at);
const OPERATOR_PAGES = [
  "", "/tenants", "/tenants/new", "/models", "/deployments", "/deployments/new", "/engine-errors", "/data-classes",
  "/mail", "/operators", "/audit", "/account", "/routes", "/routes/new", "/pools", "/explain",
].map((page) => `/operator${page}`);

async function wellMade(page: Page, paths: string[]) {
  for (const path of paths) {
    await open(page, path);
    await expect(page.getByRole("heading", { level: 1 }), path).toBeVisible();
    await expect(page, path).toHaveTitle(/ · Switchyard$/);
    const found = await new AxeBuilder({ page }).analyze();
    const serious = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
    expect(serious.map((v) => `${path}: ${v.id} ${v.nodes.map((n) => n.target).join(" ")}`)).toEqual([]);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways, `${path} is as wide as its window`).toBeLessThanOrEqual(0);
  }
}

/** What a page says before any script runs. */
async function withoutScript(browser: Browser, page: Page, paths: string[]) {
  const storageState = await page.context().storageState();
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState, baseURL: demo().base_url });
  const reader = await plain.newPage();
  for (const path of paths) {
    await open(page, path);
    const heading = await page.getByRole("heading", { level: 1 }).textContent();
    await reader.goto(path);
    await expect(reader.getByRole("heading", { level: 1 }), path).toHaveText(heading ?? "");
    await expect(reader.locator("main"), path).not.toContainText("Loading");
    expect(await reader.locator("main table tbody tr").count(), path).toBe(await page.locator("main table tbody tr").count());
  }
  await plain.close();
}

const WINDOWS = [
  { name: "wide, light", viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  { name: "narrow, dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
] as const;

for (const { name, viewport, colorScheme } of WINDOWS) {
  test.describe(name, () => {
    test.use({ viewport, colorScheme });

    test("a tenant's pages are well made", async ({ page }) => {
      test.setTimeout(120_000);
      await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
      await page.waitForURL(`**/t/${acme.slug}`);
      await wellMade(page, TENANT_PAGES);
    });

    test("an operator's pages are well made", async ({ page }) => {
      test.setTimeout(120_000);
      await signInAsOperator(page);
      await wellMade(page, OPERATOR_PAGES);
    });
  });
}

test("a tenant's pages are complete without scripts", async ({ browser, page }) => {
  await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
  await page.waitForURL(`**/t/${acme.slug}`);
  await withoutScript(browser, page, TENANT_PAGES);
});

test("an operator's pages are complete without scripts", async ({ browser, page }) => {
  await signInAsOperator(page);
  await withoutScript(browser, page, OPERATOR_PAGES.filter((path) => !/(deployments|pools)$/.test(path)));
});
