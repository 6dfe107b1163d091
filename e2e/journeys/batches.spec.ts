import { demo } from "../support/demo";
import { expect, open, signIn, test } from "../support/console";

const [acme] = demo().tenants;
const { models } = demo();
const at = (page: string) => `/t/${acme.slug}${page}`;

/** Lines of a batch; the one that is bad names a model that nobody has. */
function lines(good: number, bad: number) {
  const line = (id: string, model: string) =>
    JSON.stringify({
      custom_id: id,
      method: "POST",
      url: "/v1/chat/completions",
      body: { model, max_tokens: 8, messages: [{ role: "user", content: `Say ${id}.` }] },
    });
  const all = Array.from({ length: good }, (_, at) => line(`good-${at}`, models[0]));
  return [...all, ...Array.from({ length: bad }, (_, at) => line(`bad-${at}`, "no-such-model"))].join("\n");
}

test("a file is uploaded, run as a batch and its results are downloaded", async ({ page }) => {
  test.setTimeout(120_000);
  const note = `evaluation ${Date.now().toString(36)}`;
  const file = `${note.replace(" ", "-")}.jsonl`;
  await signIn(page, acme.slug, acme.admin.email, acme.admin.password);
  await page.waitForURL(`**/t/${acme.slug}`);

  // The file.
  await open(page, at("/files"));
  await page.locator("[commandfor=upload]").first().click();
  const upload = page.getByRole("dialog");
  await upload.getByLabel("File").setInputFiles({ name: file, mimeType: "application/jsonl", buffer: Buffer.from(lines(9, 1)) });
  await upload.getByRole("button", { name: "Upload" }).click();
  await page.waitForURL(/said=uploaded/);
  await expect(page.getByText("The file was uploaded")).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: file });
  await expect(row.getByText("Batch input")).toBeVisible();

  // The batch, by a key of the file's project.
  await open(page, at("/batches"));
  await page.locator("[commandfor=create-batch]").first().click();
  const form = page.getByRole("dialog");
  const input = form.getByLabel("Input");
  const option = input.locator("option").filter({ hasText: file });
  await input.selectOption({ label: (await option.textContent()) ?? "" });
  const project = ((await option.textContent()) ?? "").split(" · ")[1];
  const key = form.getByLabel("Key").locator("option").filter({ hasText: ` · ${project}` }).first();
  await form.getByLabel("Key").selectOption({ label: (await key.textContent()) ?? "" });
  await form.getByLabel("Note").fill(note);
  await form.getByRole("button", { name: "Start batch" }).click();
  const batch = page.getByRole("row").filter({ hasText: note });
  await expect(batch).toBeVisible();

  // It advances by itself, and ends with nine answers and one named error.
  await expect(batch.getByText("Completed")).toBeVisible({ timeout: 60_000 });
  await expect(batch.getByText("10 of 10")).toBeVisible();
  await expect(batch.getByText("1 failed")).toBeVisible();
  await batch.getByRole("link", { name: note }).click();
  await expect(page.getByRole("heading", { level: 1, name: note })).toBeVisible();
  const [results] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Results" }).click(),
  ]);
  const text = (await (await results.createReadStream()).toArray()).join("");
  const ids = text.trim().split("\n").map((line) => JSON.parse(line).custom_id);
  expect(ids).toEqual(Array.from({ length: 9 }, (_, at) => `good-${at}`));
});
