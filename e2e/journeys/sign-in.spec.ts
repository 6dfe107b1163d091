import { demo } from "../support/demo";
import { expect, hydrated, open, signIn, test } from "../support/console";

const [acme, globex] = demo().tenants;

test("a wrong password is told without saying what was wrong", async ({ page }) => {
  await signIn(page, acme.slug, acme.admin.email, "not the password");
  await expect(page.getByRole("alert")).toContainText(/wrong/i);
  await expect(page).toHaveURL(/sign-in/);
});

test("a member lands where they wanted to go", async ({ page }) => {
  await page.goto(`/t/${acme.slug}/keys`);
  await expect(page).toHaveURL(/sign-in/);
  await hydrated(page);
  await page.getByLabel("E-mail").fill(acme.admin.email);
  await page.getByLabel("Password").fill(acme.admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**/t/${acme.slug}/keys`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("another tenant's pages are not found", async ({ page }, info) => {
  info.annotations.push({ type: "expects", description: "404" });
  await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
  await page.waitForURL(`**/t/${acme.slug}`);
  for (const path of ["", "/keys", "/usage", "/people"]) {
    const answer = await page.goto(`/t/${globex.slug}${path}`);
    expect(answer?.status()).toBe(404);
    await expect(page.getByText(globex.admin.email)).toHaveCount(0);
  }
  for (const path of ["/operator", "/operator/tenants"]) {
    const answer = await page.goto(path);
    expect([404, 200]).toContain(answer?.status());
    await expect(page.getByText(globex.slug)).toHaveCount(0);
  }
});

test("signing out ends the session", async ({ page, context }) => {
  await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
  await page.waitForURL(`**/t/${acme.slug}`);
  const cookies = await context.cookies();
  const session = cookies.find((cookie) => cookie.name === "switchyard_session");
  expect(session?.httpOnly).toBe(true);
  await page.locator("button.account").click();
  await page.getByRole("button", { name: /sign out/i }).click();
  await expect(page).toHaveURL(/sign-in/);
  await context.addCookies(cookies);
  await page.goto(`/t/${acme.slug}`);
  await expect(page).toHaveURL(/sign-in/);
  await open(page, `/t/${acme.slug}/sign-in`);
});
