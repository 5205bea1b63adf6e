import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signIn } from "./account.ts";
import { PlatformApi } from "./api.ts";
import { Conversation } from "./conversation.ts";
import { startPlatform } from "./testing/start-platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
let directory: string;
let conversation: Conversation | undefined;
beforeEach(async () => {
  platform = await startPlatform();
  directory = await mkdtemp(join(tmpdir(), "chat-"));
});
afterEach(async () => {
  conversation?.close();
  conversation = undefined;
  await platform.stop();
  await rm(directory, { recursive: true });
});

async function open(): Promise<Conversation> {
  const api = new PlatformApi(platform.url);
  await signIn(api, join(directory, "account.json"));
  conversation = await Conversation.open(api);
  return conversation;
}

const eventually = { timeout: 10_000 };
const signal = AbortSignal.timeout(60_000);

/** Asks, and waits for the subscription to the answer. */
async function ask(opened: Conversation) {
  const before = platform.seen.subscriptions.length;
  const tokens: [string, boolean][] = [];
  const answer = opened.ask("why?", (...token) => tokens.push(token), signal);
  await expect.poll(() => platform.seen.subscriptions.length, eventually).toBeGreaterThan(before);
  return { answer, tokens };
}

describe("a conversation that lasts longer than its token", () => {
  it("goes on with another one when the platform announces the end", async () => {
    const opened = await open();
    const { answer } = await ask(opened);
    platform.announceExpiry();
    await expect.poll(() => platform.seen.handshakes, eventually).toEqual(["token-1", "token-2"]);
    await expect.poll(() => platform.seen.subscriptions, eventually).toHaveLength(2);
    platform.say(1, "Because");
    platform.say(2);
    expect((await answer).text).toBe("Because");
  });

  it("sends what is typed after the platform has ended the connection", async () => {
    platform.control.expiresIn = 1;
    const opened = await open();
    const before = platform.logins();
    platform.dismiss();
    const { answer } = await ask(opened);
    platform.say(1, "Because");
    platform.say(2);
    expect((await answer).text).toBe("Because");
    expect(platform.logins()).toBeGreaterThan(before);
    expect(platform.seen.handshakes.at(-1)).toBe(`token-${platform.logins()}`);
  });

  it("signs in again when a token that looks good is refused", async () => {
    const opened = await open();
    platform.control.refuseHandshakes = ["unauthorized"];
    platform.cut();
    await ask(opened);
    expect(platform.seen.handshakes).toEqual(["token-1", "token-1", "token-2"]);
  });

  it("says that what is typed can't be sent when nobody can sign in, and tries again with the next", async () => {
    const opened = await open();
    platform.control.refuseHandshakes = ["unauthorized"];
    platform.control.loginStatus = 401;
    platform.dismiss();
    const refused = opened.ask("why?", () => {}, signal);
    await expect(refused).rejects.toThrow("the account is no longer known");
    platform.control.loginStatus = 200;
    const { answer } = await ask(opened);
    platform.say(1);
    expect((await answer).text).toBe("");
  });

  it("says that this version is refused", async () => {
    const opened = await open();
    platform.control.refuseHandshakes = ["unsupported_version"];
    platform.dismiss();
    await expect(opened.ask("why?", () => {}, signal)).rejects.toThrow("unsupported_version");
  });
});

describe("following an answer", () => {
  it("forgets what it has of a log that was begun anew", async () => {
    const { answer, tokens } = await ask(await open());
    platform.say(1, "Be");
    platform.say(2, "cau");
    await expect.poll(() => tokens.length).toBe(2);
    platform.loseLog();
    platform.whisper(1, "Since");
    platform.cut();
    await expect.poll(() => tokens.length, eventually).toBe(3);
    platform.say(2, " so");
    platform.say(3);
    expect((await answer).text).toBe("Since so");
    expect(tokens.map(([, anew]) => anew)).toEqual([false, false, true, false]);
  });

  it("gets what is missing before it goes on", async () => {
    const { answer, tokens } = await ask(await open());
    platform.say(1, "Be");
    await expect.poll(() => tokens.length).toBe(1);
    platform.whisper(2, "cau");
    platform.say(3, "se");
    platform.say(4);
    expect((await answer).text).toBe("Because");
    expect(platform.seen.subscriptions.at(-1)?.after).toBe(1);
  });

  it("asks again when it may not follow just now, and ends when it never may", async () => {
    platform.control.refuseSubscriptions = ["limited", "unavailable"];
    const opened = await open();
    const { answer } = await ask(opened);
    await expect.poll(() => platform.seen.subscriptions, eventually).toHaveLength(3);
    platform.say(1, "Because");
    platform.say(2);
    expect((await answer).text).toBe("Because");
    platform.control.refuseSubscriptions = ["not_found"];
    await expect(opened.ask("why?", () => {}, signal)).rejects.toThrow("can't be followed: not_found");
  });
});
