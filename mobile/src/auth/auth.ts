import { TokenResponse, User } from "@mobile-ai-agent/contracts";
import type { AxiosInstance } from "axios";
import { z } from "zod";
import type { AccessTokens } from "../api/http-client.ts";
import { type ApiProblem, type ApiResult, problemOf } from "../api/result.ts";
import { singleFlight } from "../api/single-flight.ts";
import { acrossTabs } from "./across-tabs.ts";
import type { RefreshTokenStore } from "./refresh-token-store.ts";
import { subjectOf } from "./token-subject.ts";
import type { UserStore } from "./user-store.ts";

/** A web page's refresh token is in its cookie only. */
const Tokens = z.object({
  access_token: TokenResponse.shape.access_token,
  refresh_token: TokenResponse.shape.refresh_token.optional(),
  expires_in: TokenResponse.shape.expires_in,
});
type Tokens = z.infer<typeof Tokens>;

const EARLY_MS = 30_000;
const LOGOUT_MS = 4000;
/** Held by whoever changes the refresh cookie that all tabs share, or relies on whose it is. */
const COOKIE_LOCK = "mobile-ai-agent.refresh";
/** The cookie that all tabs share is another user's by now. */
const SOMEBODY_ELSE: ApiProblem = { reason: "unauthorized", detail: "Somebody else has signed in." };

export type AuthState =
  | { readonly status: "starting" }
  | { readonly status: "signed-out"; readonly notice?: string }
  /** There may be a sign-in, but nobody can be asked. */
  | { readonly status: "unreachable"; readonly detail: string }
  /** There may be a sign-in, but the device doesn't open what it keeps, such as a Keychain before the first unlock. */
  | { readonly status: "unreadable"; readonly detail: string }
  | { readonly status: "signed-in"; readonly user: User };

export interface Auth extends AccessTokens {
  state(): AuthState;
  /** @returns how to stop listening */
  subscribe(listener: () => void): () => void;
  /** Takes up the sign-in of the last time, if there is one. Never throws: the state says what kept it from doing so. */
  restore(): Promise<void>;
  signIn(username: string, password: string): Promise<ApiResult<User>>;
  signUp(account: { username: string; email: string; password: string }): Promise<ApiResult<User>>;
  /** A sign-in takes place elsewhere: what an earlier sign-out has not told yet must not end it. */
  expectSignIn(): Promise<void>;
  /** Takes up a sign-in with a provider: the app's by code and verifier, a page's by its cookie. */
  completeSignIn(proof: {
    code?: string;
    verifier?: string;
    secondFactor?: string;
  }): Promise<ApiResult<User>>;
  /** Ends the sign-in of whoever is signed in here, and of nobody who has signed in beside them. */
  signOut(): Promise<void>;
  /** A token good for half a minute at least, if one is to be had. */
  fresh(): Promise<string | undefined>;
}

export interface AuthOptions {
  /** A plain client of the platform: the one with interceptors would wait for itself. */
  readonly http: AxiosInstance;
  readonly tokenStore: RefreshTokenStore;
  readonly userStore: UserStore;
}

/** The sign-in of this device. The access token is in memory only. */
export function createAuth({ http, tokenStore, userStore }: AuthOptions): Auth {
  let state: AuthState = { status: "starting" };
  let access: { token: string; expires: number } | undefined;
  /** Grows with each end of a sign-in: an answer to an older one's request changes nothing. */
  let epoch = 0;
  const listeners = new Set<() => void>();

  function become(next: AuthState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  async function take({ access_token, refresh_token, expires_in }: Tokens): Promise<string> {
    if (tokenStore.tokenIn === "body" && refresh_token) await tokenStore.set(refresh_token);
    access = { token: access_token, expires: Date.now() + expires_in * 1000 };
    return access_token;
  }

  async function end(notice?: string): Promise<void> {
    epoch += 1;
    access = undefined;
    await Promise.all([tokenStore.clear(), userStore.clear()]);
    become({ status: "signed-out", ...(notice && { notice }) });
  }

  /** Only what tabs share can be another's: a device has a store of its own. */
  function isOfOther({ access_token }: Tokens, owner: string | undefined): boolean {
    return owner !== undefined && tokenStore.tokenIn === "cookie" && subjectOf(access_token) !== owner;
  }

  /** @param owner id of the user whose tokens they have to be; those of another are not taken */
  async function askForTokens(owner: string | undefined, timeout?: number): Promise<ApiResult<string>> {
    const begun = epoch;
    const refresh_token = await tokenStore.get();
    if (tokenStore.tokenIn === "body" && !refresh_token)
      return { ok: false, problem: { reason: "unauthorized", detail: "Sign in to go on." } };
    try {
      const config = timeout === undefined ? {} : { timeout };
      const { data } = await http.post("/api/auth/refresh", refresh_token ? { refresh_token } : {}, config);
      if (begun !== epoch) return { ok: false, problem: { reason: "unauthorized", detail: "Signed out." } };
      const tokens = Tokens.parse(data);
      return isOfOther(tokens, owner)
        ? { ok: false, problem: SOMEBODY_ELSE }
        : { ok: true, data: await take(tokens) };
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
  }
  const renew = singleFlight(() => acrossTabs(COOKIE_LOCK, () => askForTokens(auth.owner())));

  /** What the tabs share is left as the other user has it; what shows the one of before is closed by the state. */
  async function startAsOther(): Promise<void> {
    epoch += 1;
    access = undefined;
    await auth.restore();
  }

  async function refresh(): Promise<string | undefined> {
    const answer = await renew();
    if (answer.ok) return answer.data;
    if (answer.problem.reason !== "unauthorized" || state.status !== "signed-in") return undefined;
    if (answer.problem === SOMEBODY_ELSE) await startAsOther();
    else await end("Your sign-in has ended. Sign in again to go on.");
    return undefined;
  }

  async function loadUser(token: string): Promise<ApiResult<User>> {
    try {
      const { data } = await http.get("/api/users/me", { headers: { Authorization: `Bearer ${token}` } });
      const user = User.parse(data);
      await userStore.set(user);
      become({ status: "signed-in", user });
      return { ok: true, data: user };
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
  }

  /** Without an answer the device shows what it has; a page has nothing to show. */
  async function startWithout({ reason, detail }: ApiProblem): Promise<void> {
    if (reason === "unauthorized") return end();
    const user = await userStore.get();
    become(user ? { status: "signed-in", user } : { status: "unreachable", detail });
  }

  /**
   * Tells the platform. A cookie says to nobody whose it is: the token that it gives does.
   *
   * @param owner id of the user whose sign-in is to end; empty for whosever it is
   * @returns `theirs` when the cookie is another user's by now, who stays signed in; undefined when nobody was told
   */
  async function endSignIn(owner: string): Promise<"ended" | "theirs" | undefined> {
    if (tokenStore.tokenIn === "cookie" && owner !== "") {
      const answer = await askForTokens(owner, LOGOUT_MS);
      if (!answer.ok && answer.problem === SOMEBODY_ELSE) return "theirs";
      if (!answer.ok) return answer.problem.reason === "unauthorized" ? "ended" : undefined;
    }
    const refresh_token = await tokenStore.get();
    const body = refresh_token ? { refresh_token } : {};
    try {
      await http.post("/api/auth/logout", body, { timeout: LOGOUT_MS });
      return "ended";
    } catch (error) {
      return problemOf(error).reason === "unauthorized" ? "ended" : undefined;
    }
  }

  /** Ends here whatever the platform says; it is told again at the next start until it has heard. */
  async function leave(): Promise<void> {
    const owner = auth.owner() ?? (await userStore.leaving()) ?? "";
    await userStore.setLeaving(owner);
    const told = await acrossTabs(COOKIE_LOCK, () => endSignIn(owner));
    if (told === "theirs") {
      await userStore.setLeaving(undefined);
      return startAsOther();
    }
    if (told === "ended") await userStore.setLeaving(undefined).catch(() => undefined);
    await end();
  }

  async function signInNow(url: string, proof: object): Promise<ApiResult<User>> {
    try {
      await userStore.setLeaving(undefined);
      const { data } = await http.post(url, { ...proof, refresh_token_in: tokenStore.tokenIn });
      return await loadUser(await take(Tokens.parse(data)));
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
  }

  /** Not between another tab's look at the cookie and what it then does. */
  const signInBy = (url: string, proof: object) => acrossTabs(COOKIE_LOCK, () => signInNow(url, proof));

  async function restore(): Promise<void> {
    if ((await userStore.leaving()) !== undefined) return leave();
    const answer = await renew();
    if (!answer.ok) return startWithout(answer.problem);
    const user = await loadUser(answer.data);
    if (!user.ok) await startWithout(user.problem);
  }

  const auth: Auth = {
    state: () => state,
    current: () => access?.token,
    owner: () => (state.status === "signed-in" ? state.user.id : undefined),
    refresh,
    fresh: async () => (access && access.expires - EARLY_MS > Date.now() ? access.token : refresh()),

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async restore() {
      become({ status: "starting" });
      try {
        await restore();
      } catch (error) {
        // What lies under the device's key is still there, and may open later.
        become({ status: "unreadable", detail: error instanceof Error ? error.message : String(error) });
      }
    },

    signIn: (username, password) => signInBy("/api/auth/login", { username, password }),

    expectSignIn: () => userStore.setLeaving(undefined),

    completeSignIn: ({ code, verifier: code_verifier, secondFactor: second_factor }) =>
      signInBy("/api/auth/oidc/token", { code, code_verifier, second_factor }),

    async signUp(account) {
      try {
        await http.post("/api/auth/register", account);
      } catch (error) {
        return { ok: false, problem: problemOf(error) };
      }
      return auth.signIn(account.username, account.password);
    },

    signOut: leave,
  };
  return auth;
}
