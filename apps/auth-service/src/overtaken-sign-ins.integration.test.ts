import { createHash, randomBytes } from "node:crypto";
import { IdentityList, PasskeyOptions, TokenResponse } from "@mobile-ai-agent/contracts";
import { connectMongo } from "@mobile-ai-agent/service-kit";
import { createSoftwareAuthenticator, eventually } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuthContext } from "./context.ts";
import { PLATFORM, runWithProviders } from "./testing/run-with-providers.ts";

const PASSWORD = "correct horse battery";
let platform: Awaited<ReturnType<typeof runWithProviders>>;
let database: Awaited<ReturnType<typeof connectMongo>>;

type Step = "account found" | "identity found" | "proof given";

/** What happens, once, when the next sign-in has come so far, and there are no tokens yet. */
const meanwhile = new Map<Step, () => Promise<unknown>>();
async function interfere(step: Step) {
  const act = meanwhile.get(step);
  meanwhile.delete(step);
  await act?.();
}
function interrupted(context: AuthContext): AuthContext {
  const { users, secondFactors, passkeys, oidc } = context;
  const { identities } = oidc;
  return {
    ...context,
    users: {
      ...users,
      async findByLogin(name) {
        const found = await users.findByLogin(name);
        await interfere("account found");
        return found;
      },
    },
    oidc: {
      ...oidc,
      identities: {
        ...identities,
        async find(account) {
          const found = await identities.find(account);
          await interfere("identity found");
          return found;
        },
      },
    },
    secondFactors: {
      ...secondFactors,
      async isOn(userId) {
        await interfere("proof given");
        return secondFactors.isOn(userId);
      },
    },
    passkeys: {
      ...passkeys,
      async login(answer) {
        const userId = await passkeys.login(answer);
        await interfere("proof given");
        return userId;
      },
    },
  };
}

beforeAll(async () => {
  platform = await runWithProviders({ change: interrupted });
  database = await connectMongo({ MONGODB_URI: platform.mongo.uri }, "test");
});
afterAll(async () => {
  await database?.close();
  await platform?.stop();
});

const login = (username: string, password = PASSWORD) =>
  platform.post("/api/auth/login", { username, password });
const logoutAll = async (token: string) => {
  expect((await platform.post("/api/auth/logout-all", {}, { token })).status).toBe(204);
};
const answerOf = async (response: Response) => {
  const { status, title, detail } = (await response.json()) as Record<string, unknown>;
  return { status, title, detail };
};
const signInsOf = (user_id: string) => database.db.collection("refresh_families").countDocuments({ user_id });
const failuresOf = async (id: string) => {
  const filter = { action: "sign-in.failed", "subject.id": id };
  const found = await database.db
    .collection("audit_entries")
    .find(filter)
    .sort({ time: 1, _id: 1 })
    .toArray();
  return found.map(({ details }) => details.reason);
};

let count = 0;
async function newUser() {
  count += 1;
  const username = `overtaken_${count}`;
  await platform.post("/api/auth/register", {
    ...{ username, email: `${username}@example.org`, password: PASSWORD },
  });
  const { access_token: token } = TokenResponse.parse(await (await login(username)).json());
  return { username, token, id: (await platform.me(token)).id };
}

/** What somebody does to keep another out who has their password, and how many sign-ins there are then. */
const ENDS: Readonly<Record<string, { act: (token: string) => Promise<unknown>; left: number }>> = {
  "everything is signed out": { act: logoutAll, left: 0 },
  "the password is changed": {
    act: async (token) => {
      const body = { old_password: PASSWORD, new_password: "my dog eats blue socks" };
      expect((await platform.post("/api/users/me/password", body, { token })).status).toBe(204);
    },
    left: 1,
  },
  "the account is erased": {
    act: async (token) => {
      const erased = await platform.post("/api/users/me/erasure", { password: PASSWORD }, { token });
      expect(erased.status).toBe(201);
    },
    left: 0,
  },
};

describe("a sign-in with a password that is under way", () => {
  it.each(Object.keys(ENDS))("ends when %s, and gets the answer of a wrong password", async (what) => {
    const { username, token, id } = await newUser();
    const { act, left } = ENDS[what] as (typeof ENDS)[string];
    const wrong = await answerOf(await login(username, "not the right one"));
    meanwhile.set("proof given", () => act(token));
    expect(await answerOf(await login(username))).toEqual(wrong);
    expect(await signInsOf(id)).toBe(left);
    await eventually(async () => (await failuresOf(id)).length === 2);
    expect(await failuresOf(id)).toEqual(["credentials", "overtaken"]);
  });

  it("ends when the password is changed before it is compared, too", async () => {
    const { username, token, id } = await newUser();
    meanwhile.set("account found", () => ENDS["the password is changed"]?.act(token) ?? Promise.reject());
    expect((await login(username)).status).toBe(401);
    expect(await signInsOf(id)).toBe(1);
  });

  it("goes on when another does that, or the user did it before", async () => {
    const [one, other] = [await newUser(), await newUser()];
    meanwhile.set("proof given", () => logoutAll(other.token));
    expect((await login(one.username)).status).toBe(200);
    await logoutAll(one.token);
    expect((await login(one.username)).status).toBe(200);
  });
});

it("a sign-in with a passkey that is under way ends when everything is signed out", async () => {
  const { token } = await newUser();
  const device = createSoftwareAuthenticator(PLATFORM);
  const optionsOf = async (response: Response) => PasskeyOptions.parse(await response.json());
  const toAdd = await platform.post("/api/users/me/passkeys/options", { password: PASSWORD }, { token });
  const added = { name: "my phone", credential: device.create(await optionsOf(toAdd)) };
  expect((await platform.post("/api/users/me/passkeys", added, { token })).status).toBe(201);
  const signIn = async () => {
    const challenge = await optionsOf(await platform.post("/api/auth/passkey/options", {}));
    return (await platform.post("/api/auth/passkey", { credential: device.get(challenge) })).status;
  };
  meanwhile.set("proof given", () => logoutAll(token));
  expect(await signIn()).toBe(401);
  expect(await signIn()).toBe(200);
});

describe("a sign-in with a provider that is under way ends when everything is signed out", () => {
  async function newAccount() {
    const person = platform.newPerson();
    const { browser } = await platform.signIn(person);
    return { person, token: await platform.tokenOf(browser) };
  }

  it("on the web", async () => {
    const { person, token } = await newAccount();
    meanwhile.set("proof given", () => logoutAll(token));
    const { browser, end } = await platform.signIn(person);
    expect(end).toBe("/sign-in?oidc_error=expired");
    expect(browser.cookie(PLATFORM, "__Secure-refresh_token")).toBeUndefined();
    expect((await platform.signIn(person)).end).toBe("/");
  });

  it("with an identity that was removed before", async () => {
    const { person, token } = await newAccount();
    await platform.post("/api/users/me/password", { new_password: PASSWORD }, { token });
    const list = await platform.get("/api/auth/identities", { token });
    const [identity] = IdentityList.parse(await list.json()).identities;
    meanwhile.set("identity found", async () => {
      const removed = await platform.remove(`/api/auth/identities/${identity?.id}`, { token });
      expect(removed.status).toBe(204);
      await logoutAll(token);
    });
    expect((await platform.signIn(person)).end).toBe("/sign-in?oidc_error=expired");
  });

  it("in the app, which has a code for its tokens already", async () => {
    const { person, token } = await newAccount();
    const code_verifier = randomBytes(32).toString("base64url");
    const challenge = createHash("sha256").update(code_verifier).digest("base64url");
    const codeForApp = async () => {
      const query = `?client=app&code_challenge=${challenge}`;
      const { browser, callback } = await platform.untilCallback(person, { query });
      return new URL((await browser.visit(callback)).location ?? "").searchParams.get("code");
    };
    const exchange = async (code: string | null) =>
      (await platform.post("/api/auth/oidc/token", { code, code_verifier })).status;
    const code = await codeForApp();
    await logoutAll(token);
    expect(await exchange(code)).toBe(401);
    expect(await exchange(await codeForApp())).toBe(200);
  });
});
