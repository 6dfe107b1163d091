import type { Page } from "@playwright/test";
import { expect, open, signInAsOperator, test } from "../support/console";

/** A `tokenizer.json` of the smallest kind. */
const TOKENIZER = JSON.stringify({
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: "Whitespace" },
  post_processor: null,
  decoder: null,
  model: {
    type: "WordLevel",
    vocab: Object.fromEntries([..."abcdefghijklmnopqrstuvwxyz", "[UNK]"].map((word, at) => [word, at])),
    unk_token: "[UNK]",
  },
});

async function upload(page: Page, content: string) {
  await page.getByRole("button", { name: /^(Upload|Replace)…$/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("File").setInputFiles({
    name: "tokenizer.json",
    mimeType: "application/json",
    buffer: Buffer.from(content),
  });
  await dialog.getByRole("button", { name: "Upload", exact: true }).click();
}

test("an operator gives a model its tokenizer, and takes it away", async ({ page }) => {
  await signInAsOperator(page);
  await open(page, "/operator/models");
  await page.getByRole("link", { name: "BGE Reranker v2 M3" }).click();
  const main = page.locator("main");
  await expect(main).toContainText("tokens of a prompt are estimated");

  await upload(page, "{}");
  await expect(page.getByText("The tokenizer was not taken")).toBeVisible();
  await expect(main).toContainText("Not a tokenizer.json: missing field `model`");

  await upload(page, TOKENIZER);
  await expect(page.getByText("The tokenizer is set")).toBeVisible();
  await expect(main).toContainText("Counted exactly");
  await expect(main).toContainText(`${TOKENIZER.length} B`);

  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove tokenizer" }).click();
  await expect(main).toContainText("tokens of a prompt are estimated");
});
