import { demo } from "../support/demo";
import { expect, open, signInAsOperator, test } from "../support/console";

const [engine] = demo().engines;

test("an engine is registered by its address, tested, drained and removed", async ({ page }) => {
  const name = `spare-${Date.now().toString(36)}`;
  await signInAsOperator(page);
  await open(page, "/operator/deployments/new");
  await page.getByLabel("URL").fill(engine.base_url);
  await page.getByRole("button", { name: "Ask the engine" }).click();
  const found = page.locator(".found");
  await expect(found).toContainText(/serves/);
  await expect(page.getByRole("radiogroup", { name: "Models of the engine" }).getByRole("radio").first()).toBeChecked();
  await expect(page.getByLabel("Its name at the engine")).not.toHaveValue("");
  await page.getByLabel("Name of the deployment").fill(name);
  await page.getByRole("button", { name: "Register" }).click();
  await page.waitForURL("**/operator/deployments");

  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.getByRole("button", { name: "Test call…" }).click();
  const test_ = page.getByRole("dialog", { name: `Test ${name}` });
  await test_.getByRole("button", { name: "Send a call" }).click();
  await expect(test_.getByText("It answered")).toBeVisible();
  await test_.getByRole("button", { name: "Close" }).last().click();

  await page.getByRole("button", { name: "Drain…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Drain" }).click();
  await expect(page.locator("main").getByText("Draining").first()).toBeVisible();
  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.waitForURL("**/operator/deployments");
  await expect(page.getByRole("link", { name })).toHaveCount(0);
});

test("an address where no engine answers is told beside the field", async ({ page }) => {
  await signInAsOperator(page);
  await open(page, "/operator/deployments/new");
  await page.getByLabel("URL").fill("http://127.0.0.1:9");
  await page.getByRole("button", { name: "Ask the engine" }).click();
  await expect(page.getByText(/no engine was found/i)).toBeVisible();
});
