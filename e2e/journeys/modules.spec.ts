import { demo } from "../support/demo";
import { expect, hydrated, signIn, test } from "../support/console";

const [acme] = demo().tenants;

test("a link leads from one module's page to another's and back", async ({ page }) => {
  await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
  await page.waitForURL(`**/t/${acme.slug}`);
  const nav = page.getByRole("navigation").first();
  for (const [name, place, heading] of [
    ["Playground", "playground", "Playground"],
    ["Usage", "usage", "Usage"],
    ["Catalogue", "models", /Models|Catalogue/],
    ["Projects", "projects", "Projects"],
  ] as const) {
    await nav.getByRole("link", { name, exact: true }).click();
    await page.waitForURL(`**/t/${acme.slug}/${place}`);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await hydrated(page);
  }
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: /Models|Catalogue/ })).toBeVisible();
});
