import { type Page, expect, test as base } from "@playwright/test";
import { demo } from "./demo";

/** Every journey fails on a word in the browser's console, an uncaught error or a failed own request. */
export const test = base.extend<{ quietConsole: string[] }>({
  quietConsole: [
    async ({ context }, use, info) => {
      const said: string[] = [];
      const listen = (page: Page) => {
        page.on("console", (message) => {
          if (["error", "warning"].includes(message.type())) said.push(`${page.url()}: ${message.text()}`);
        });
        page.on("pageerror", (error) => said.push(`${page.url()}: ${error}`));
      };
      context.on("page", listen);
      await use(said);
      const expected = info.annotations.filter((a) => a.type === "expects").map((a) => a.description ?? "");
      const unexpected = said.filter((text) => !expected.some((part) => text.includes(part)));
      expect(unexpected, "the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

/** Waits until the page's wasm has taken over. */
export async function hydrated(page: Page) {
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
}

export async function open(page: Page, path: string) {
  await page.goto(path);
  await hydrated(page);
}

export async function signIn(page: Page, slug: string, email: string, password: string) {
  await open(page, `/t/${slug}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function signInAsOperator(page: Page) {
  const { email, password } = demo().operator;
  await open(page, "/operator/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/operator$/);
}

/** One chat over the real endpoint. */
export async function chat(endpoint: string, key: string, model: string) {
  return fetch(`${endpoint}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Say hello." }], max_tokens: 16 }),
  });
}

export { expect };
