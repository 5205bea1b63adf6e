import { randomBytes } from "node:crypto";
import { MessageList, TokenResponse } from "@mobile-ai-agent/contracts";
import { PlatformApi } from "@mobile-ai-agent/local/chat/api";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Browser, picturesOf } from "./browser.ts";
import { runningPlatform } from "./running-platform.ts";

const MINUTES = 60_000;
const ANSWER_MS = 3 * MINUTES;
const platform = await runningPlatform();
const username = `person_${randomBytes(6).toString("hex")}`;
const account = {
  username,
  email: `${username}@example.com`,
  password: randomBytes(18).toString("base64url"),
};

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await Browser.open(platform.caCertificate);
  page = await browser.page();
});
beforeEach(() => picturesOf(page));
afterAll(() => browser?.[Symbol.asyncDispose]());

const answers = () => page.getByTestId("message-assistant");
const questions = () => page.getByTestId("message-user");
const streaming = () => page.getByTestId("message-streaming");

async function send(text: string): Promise<void> {
  await page.getByTestId("composer").fill(text);
  await page.getByTestId("send").click();
}

/** Awaits that there are so many whole answers, and none under way. */
async function awaitAnswers(number: number): Promise<void> {
  await expect.poll(() => answers().count(), { timeout: ANSWER_MS }).toBe(number);
  await streaming().waitFor({ state: "detached", timeout: ANSWER_MS });
}

/** @returns the lengths that an answer had while it was written, to its end */
async function watchAnswer(): Promise<number[]> {
  await streaming().waitFor({ timeout: ANSWER_MS });
  const seen = new Set<number>();
  while ((await streaming().count()) > 0) seen.add(await writtenLength());
  return [...seen].filter((length) => length > 0);
}

/** @returns 0 where no answer is being written, or nothing of it has come yet */
async function writtenLength(): Promise<number> {
  const [text = ""] = await streaming().allTextContents();
  return text === "Thinking…" ? 0 : text.length;
}

/** What the platform has of the conversation on the screen. */
async function stored() {
  const api = new PlatformApi(platform.url);
  const { password } = account;
  const login = { method: "POST", path: "/api/auth/login", body: { username, password } } as const;
  api.accessToken = (await api.call({ ...login, schema: TokenResponse })).access_token;
  const session = new URL(page.url()).pathname.split("/").at(-1);
  const path = `/api/message/${session}?after=0`;
  return (await api.call({ method: "GET", path, schema: MessageList })).messages;
}

/** Without what Markdown makes of it. */
const lettersOf = (text: string | null) => (text ?? "").replace(/\P{L}/gu, "");

describe("the app in a browser", () => {
  it("opens at the platform's address, and lets one make an account", async () => {
    await page.goto(platform.url);
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("Username", { exact: true }).fill(account.username);
    await page.getByLabel("Email", { exact: true }).fill(account.email);
    await page.getByLabel("Password", { exact: true }).last().fill(account.password);
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByTestId("new-conversation").waitFor();
    expect(browser.faults).toEqual([]);
  });

  it(
    "shows the model's answer as it is written",
    async () => {
      await page.getByTestId("new-conversation").click();
      await page.getByTestId("composer").waitFor();
      await send("Name three colours of the rainbow.");
      const lengths = await watchAnswer();
      await awaitAnswers(1);
      expect(lengths.length).toBeGreaterThan(2);
      expect(lengths.toSorted((a, b) => a - b)).toEqual(lengths);
      const messages = await stored();
      expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
      expect(lettersOf(await answers().first().textContent())).toBe(lettersOf(messages[1]?.content ?? ""));
      expect(browser.faults).toEqual([]);
    },
    ANSWER_MS + MINUTES,
  );

  it(
    "has the whole answer after it was reloaded in the middle of it",
    async () => {
      const before = await answers().count();
      await send("Tell me a long story about a lighthouse and the sea.");
      await expect.poll(writtenLength, { timeout: ANSWER_MS, interval: 50 }).toBeGreaterThan(40);
      expect((await stored()).filter(({ role }) => role === "assistant")).toHaveLength(before);
      await page.reload();
      await awaitAnswers(before + 1);
      const story = (await stored()).at(-1);
      expect(story?.role).toBe("assistant");
      expect(lettersOf(await answers().last().textContent())).toBe(lettersOf(story?.content ?? ""));
      expect(browser.faults).toEqual([]);
    },
    2 * ANSWER_MS,
  );

  it(
    "keeps what is written offline, and delivers it once",
    async () => {
      const text = `Say hello to ${randomBytes(4).toString("hex")}.`;
      const before = await answers().count();
      await browser.context.setOffline(true);
      await page.getByTestId("connection-banner").last().waitFor({ timeout: MINUTES });
      await send(text);
      await page.getByTestId("message-pending").waitFor();
      expect((await stored()).filter(({ content }) => content === text)).toEqual([]);
      await browser.context.setOffline(false);
      await page.getByTestId("message-pending").waitFor({ state: "detached", timeout: MINUTES });
      await awaitAnswers(before + 1);
      expect((await stored()).filter(({ content }) => content === text)).toHaveLength(1);
      expect(await questions().filter({ hasText: text }).count()).toBe(1);
      expect(browser.faults).toEqual([]);
    },
    ANSWER_MS + 3 * MINUTES,
  );

  it(
    "sends a picture, and shows it",
    async () => {
      const before = await answers().count();
      const picture = await page.screenshot();
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        page.getByRole("button", { name: "Add a picture" }).click(),
      ]);
      await chooser.setFiles({ name: "screen.png", mimeType: "image/png", buffer: picture });
      await page.getByTestId("picture-preview").waitFor();
      await send("Here is a picture of my screen.");
      await page.getByTestId("message-picture").waitFor({ timeout: MINUTES });
      const shown = page.getByTestId("message-picture").locator("img");
      const width = () => shown.evaluate(({ naturalWidth }: { naturalWidth: number }) => naturalWidth);
      await expect.poll(width, { timeout: MINUTES }).toBeGreaterThan(0);
      await awaitAnswers(before + 1);
      expect((await stored()).map(({ type }) => type).slice(-2)).toEqual(["image", "text"]);
      expect(browser.faults).toEqual([]);
    },
    ANSWER_MS + 2 * MINUTES,
  );
});
