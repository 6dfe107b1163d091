import { demo } from "../support/demo";
import { chat, expect, hydrated, open, signInAsOperator, test } from "../support/console";

const { models } = demo();

test("a client is onboarded, calls its endpoint and sees it; a revoked key stops within a second", async ({ browser, page }) => {
  test.setTimeout(60_000);
  const slug = `client-${Date.now().toString(36)}`;

  // The operator onboards the client.
  await signInAsOperator(page);
  await open(page, "/operator/tenants/new");
  await page.getByLabel("Name", { exact: true }).fill("Initech");
  await page.getByLabel("Short name").fill(slug);
  await page.getByLabel("E-mail").fill(`boss@${slug}.example`);
  const offered = page.getByRole("checkbox");
  expect(await offered.count()).toBeGreaterThanOrEqual(models.length);
  for (const model of await offered.all()) await model.check();
  await page.locator("main form button[type=submit]").click();
  const link = page.getByRole("group", { name: "Invitation link" }).locator("code");
  await expect(link).toHaveText(/\/invitations\/sy_inv_\w+$/);
  const invitation = await link.textContent();

  // Its first admin accepts, in a browser of their own.
  const theirs = await browser.newContext();
  const admin = await theirs.newPage();
  await admin.goto(invitation!);
  await hydrated(admin);
  await admin.getByLabel("Your name").fill("Bill Boss");
  await admin.getByLabel("Password").fill("a rather long password 7");
  await admin.locator("form button[type=submit]").click();
  await admin.waitForURL(`**/t/${slug}`);

  // A project and a key.
  await open(admin, `/t/${slug}/projects`);
  await admin.locator("[commandfor=create-project]").first().click();
  const project = admin.getByRole("dialog");
  await project.getByLabel("Name").fill("Help desk");
  await project.locator("button[type=submit]").click();
  await expect(admin.getByText("Help desk").first()).toBeVisible();
  await open(admin, `/t/${slug}/keys`);
  await admin.locator("[commandfor=create-key]").first().click();
  const form = admin.getByRole("dialog");
  await form.getByLabel("Name").fill("desk bot");
  await form.getByLabel("Project").selectOption({ label: "Help desk" });
  await form.getByRole("button", { name: "Create key" }).click();
  const shown = admin.locator("code.secret-text");
  await expect(shown).toHaveText(/^sy_live_\w{49}$/);
  const key = ((await shown.textContent()) ?? "").trim();

  // A call with it, and what it leaves on the pages.
  const endpoint = `${demo().base_url}/t/${slug}/v1`;
  await expect.poll(async () => (await chat(endpoint, key, models[0])).status, { timeout: 3000 }).toBe(200);
  await expect(async () => {
    await open(admin, `/t/${slug}`);
    await expect(admin.locator("main")).toContainText("desk bot", { timeout: 1000 });
  }).toPass({ timeout: 15_000 });
  await open(admin, `/t/${slug}/usage?group_by=key`);
  const used = admin.locator("main table").getByRole("row").filter({ hasText: "desk bot" });
  await expect(used).toContainText(/\$0\.0/);

  // Revoked, it stops within a second.
  await open(admin, `/t/${slug}/keys`);
  const row = admin.getByRole("row").filter({ hasText: "desk bot" });
  await row.getByRole("button", { name: "Actions for desk bot" }).click();
  await row.getByRole("button", { name: "Revoke…" }).click();
  await admin.getByRole("dialog").getByRole("button", { name: "Revoke key" }).click();
  await expect(row.getByText("Revoked")).toBeVisible();
  await expect.poll(async () => (await chat(endpoint, key, models[0])).status, { timeout: 1000, intervals: [50] }).toBe(401);
  await theirs.close();
});
