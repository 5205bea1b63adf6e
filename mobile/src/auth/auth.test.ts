import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryStore } from "../testing/memory-store.ts";
import {
  accessToken,
  createDevice,
  createMemoryTokenStore,
  OTHER,
  startPlatform,
  USER,
} from "../testing/platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
beforeEach(async () => {
  platform = await startPlatform();
});
afterEach(() => platform.stop());

async function signedIn(tokenStore = createMemoryTokenStore(), store = createMemoryStore()) {
  const device = createDevice(platform.url, { tokenStore, store });
  expect(await device.auth.signIn("ada", "violet-lantern-orbit-42")).toMatchObject({ ok: true });
  return { ...device, tokenStore };
}

describe("refreshing", () => {
  it("makes one request of twenty parallel 401s, and repeats all twenty", async () => {
    const { http } = await signedIn();
    platform.expire();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => http.get(`/api/things/${index}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(platform.seen.refreshes).toBe(1);
  });

  it("asks for no other when a 401 arrives after the refresh that it belongs to", async () => {
    const { http } = await signedIn();
    platform.expire();
    platform.control.refreshDelayMs = 0;
    await Promise.all(Array.from({ length: 20 }, () => http.get("/api/things/late")));
    expect(platform.seen.refreshes).toBe(1);
  });

  it("repeats a request once only", async () => {
    const { http } = await signedIn();
    platform.control.refuseAll = true;
    const before = platform.seen.things;
    await expect(http.get("/api/things/1")).rejects.toMatchObject({ response: { status: 401 } });
    expect(platform.seen.things - before).toBe(2);
    expect(platform.seen.refreshes).toBe(1);
  });

  it("lets two tabs refresh one after the other", async () => {
    const shared = createMemoryTokenStore();
    const one = await signedIn(shared);
    const two = createDevice(platform.url, { tokenStore: shared });
    platform.expire();
    // Without the lock both would send refresh-0, and the platform would refuse the second.
    await expect(Promise.all([one.auth.refresh(), two.auth.refresh()])).resolves.toEqual([
      accessToken(1),
      accessToken(2),
    ]);
  });

  it("signs out when the platform refuses", async () => {
    const { http, auth, tokenStore } = await signedIn();
    platform.expire();
    platform.control.refreshStatus = 401;
    await expect(http.get("/api/things/1")).rejects.toThrow();
    expect(auth.state()).toEqual({ status: "signed-out", notice: expect.stringContaining("Sign in again") });
    expect(await tokenStore.get()).toBeUndefined();
  });

  it("stays signed in when the platform is away", async () => {
    const { auth, tokenStore } = await signedIn();
    platform.control.refreshStatus = 503;
    await expect(auth.refresh()).resolves.toBeUndefined();
    expect(auth.state()).toMatchObject({ status: "signed-in" });
    expect(await tokenStore.get()).toBe("refresh-0");
  });
});

describe("starting", () => {
  it("takes up the sign-in of the last time, with the next refresh token", async () => {
    const { tokenStore, store } = await signedIn();
    const next = createDevice(platform.url, { tokenStore, store });
    await next.auth.restore();
    expect(next.auth.state()).toEqual({ status: "signed-in", user: USER });
    expect(await tokenStore.get()).toBe("refresh-1");
  });

  it("shows a device what it has while the platform is away", async () => {
    const { tokenStore, store } = await signedIn();
    await platform.stop();
    const next = createDevice(platform.url, { tokenStore, store });
    await next.auth.restore();
    expect(next.auth.state()).toEqual({ status: "signed-in", user: USER });
    platform = await startPlatform();
  });

  it("says why when the device opens nothing, and starts when it does", async () => {
    const { tokenStore, store } = await signedIn();
    let isLocked = true;
    const get: typeof store.get = (key) =>
      isLocked ? Promise.reject(new Error("the Keychain is locked")) : store.get(key);
    const next = createDevice(platform.url, { tokenStore, store: { ...store, get } });
    for (const _ of ["at first", "again"]) {
      await next.auth.restore();
      expect(next.auth.state()).toEqual({ status: "unreadable", detail: "the Keychain is locked" });
    }
    isLocked = false;
    await next.auth.restore();
    expect(next.auth.state()).toMatchObject({ status: "signed-in" });
  });

  it("is signed out without a token, and asks nobody", async () => {
    const { auth } = createDevice(platform.url);
    await auth.restore();
    expect(auth.state()).toEqual({ status: "signed-out" });
    expect(platform.seen.refreshes).toBe(0);
  });
});

describe("a page whose cookie is another user's by now", () => {
  it("never speaks with that user's token as the one of before, and becomes theirs", async () => {
    const store = createMemoryStore();
    const { auth, http } = await signedIn(createMemoryTokenStore("cookie"), store);
    const states: string[] = [];
    const late: Promise<unknown>[] = [];
    auth.subscribe(() => {
      const state = auth.state();
      states.push(state.status === "signed-in" ? state.user.username : state.status);
      // What still goes on of the user of before.
      if (state.status !== "starting") return;
      const asked = http.get("/api/things/late");
      late.push(asked.then(({ status }) => status).catch(({ response }) => response.status));
    });
    platform.control.user = OTHER;
    platform.expire();
    const asked = Array.from({ length: 5 }, (_, index) => http.get(`/api/things/${index}`));
    const answers = await Promise.allSettled([auth.refresh(), ...asked]);
    expect(answers[0]).toEqual({ status: "fulfilled", value: undefined });
    expect(answers.slice(1).map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    expect(states).toEqual(["starting", "bob"]);
    expect(await Promise.all(late)).toEqual([401]);
    await expect(auth.fresh()).resolves.toBe(auth.current());
    // What all tabs share is as the other's tab left it.
    expect(await store.keys("")).not.toEqual([]);
    const next = createDevice(platform.url, { tokenStore: createMemoryTokenStore("cookie"), store });
    await next.auth.restore();
    expect(next.auth.state()).toEqual({ status: "signed-in", user: OTHER });
  });
});

describe("signing out", () => {
  it("tells the platform, and forgets", async () => {
    const { auth, tokenStore, store } = await signedIn();
    await auth.signOut();
    expect(auth.state()).toEqual({ status: "signed-out" });
    expect(platform.seen.bodies).toContainEqual({ refresh_token: "refresh-0" });
    expect(await tokenStore.get()).toBeUndefined();
    expect(await store.keys("")).toEqual([]);
  });

  it("tells at the next start what could not be told, so that no cookie signs in again", async () => {
    const store = createMemoryStore();
    const { auth } = await signedIn(createMemoryTokenStore("cookie"), store);
    platform.control.logoutStatus = 503;
    await auth.signOut();
    platform.control.logoutStatus = 204;
    const next = createDevice(platform.url, { tokenStore: createMemoryTokenStore("cookie"), store });
    await next.auth.restore();
    expect(next.auth.state()).toEqual({ status: "signed-out" });
    expect(platform.seen.logouts).toBe(2);
  });
});

describe("signing out of a page whose cookie is another user's by now", () => {
  it("leaves that user signed in, and becomes theirs", async () => {
    const store = createMemoryStore();
    const { auth } = await signedIn(createMemoryTokenStore("cookie"), store);
    platform.control.user = OTHER;
    await auth.signOut();
    expect(platform.seen.logouts).toBe(0);
    expect(auth.state()).toEqual({ status: "signed-in", user: OTHER });
    // Nor does a later start end their sign-in.
    const next = createDevice(platform.url, { tokenStore: createMemoryTokenStore("cookie"), store });
    await next.auth.restore();
    expect(next.auth.state()).toEqual({ status: "signed-in", user: OTHER });
    expect(platform.seen.logouts).toBe(0);
  });

  it("leaves them signed in also when nobody can say whose it is until the next start", async () => {
    const store = createMemoryStore();
    const { auth } = await signedIn(createMemoryTokenStore("cookie"), store);
    platform.control.user = OTHER;
    platform.control.refreshStatus = 503;
    await auth.signOut();
    expect(auth.state()).toEqual({ status: "signed-out" });
    platform.control.refreshStatus = 200;
    const next = createDevice(platform.url, { tokenStore: createMemoryTokenStore("cookie"), store });
    await next.auth.restore();
    expect(next.auth.state()).toEqual({ status: "signed-in", user: OTHER });
    expect(platform.seen.logouts).toBe(0);
  });

  it("lets nobody sign in between looking whose it is and ending it", async () => {
    const { auth } = await signedIn(createMemoryTokenStore("cookie"));
    const other = createDevice(platform.url, { tokenStore: createMemoryTokenStore("cookie") });
    platform.seen.paths = [];
    platform.control.refreshDelayMs = 200;
    const signedOut = auth.signOut();
    await expect.poll(() => platform.seen.paths, { interval: 5 }).toEqual(["/api/auth/refresh"]);
    await Promise.all([signedOut, other.auth.signIn("bob", "violet-lantern-orbit-42")]);
    expect(platform.seen.paths.slice(1, 3)).toEqual(["/api/auth/logout", "/api/auth/login"]);
  });
});

it("asks for a cookie on the web, and keeps no token itself", async () => {
  const { auth, tokenStore } = await signedIn(createMemoryTokenStore("cookie"));
  expect(platform.seen.bodies[0]).toMatchObject({ refresh_token_in: "cookie" });
  await auth.refresh();
  expect(platform.seen.bodies[1]).toEqual({});
  expect(tokenStore).not.toHaveProperty("token");
});

describe("a sign-in with a provider", () => {
  it("is taken up by the app with code and verifier, and by a page with its cookie", async () => {
    const device = createDevice(platform.url);
    const proof = { code: "code", verifier: "verifier", secondFactor: "123456" };
    expect(await device.auth.completeSignIn(proof)).toMatchObject({ ok: true });
    expect(device.auth.state()).toEqual({ status: "signed-in", user: USER });
    expect(await device.tokenStore.get()).toBe("refresh-0");
    const page = createDevice(platform.url, { tokenStore: createMemoryTokenStore("cookie") });
    await page.auth.completeSignIn({ secondFactor: "123456" });
    const whole = {
      code: "code",
      code_verifier: "verifier",
      second_factor: "123456",
      refresh_token_in: "body",
    };
    expect(platform.seen.bodies).toEqual([whole, { second_factor: "123456", refresh_token_in: "cookie" }]);
  });

  it("is not ended by a sign-out before it that could not be told", async () => {
    const store = createMemoryStore();
    const { auth } = await signedIn(createMemoryTokenStore("cookie"), store);
    platform.control.logoutStatus = 503;
    await auth.signOut();
    await auth.expectSignIn();
    const next = createDevice(platform.url, { tokenStore: createMemoryTokenStore("cookie"), store });
    await next.auth.restore();
    expect(next.auth.state()).toMatchObject({ status: "signed-in" });
  });
});
