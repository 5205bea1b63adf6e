import { randomUUID } from "node:crypto";
import axios from "axios";
import { createHttpClient } from "../api/http-client.ts";
import { createAuth } from "../auth/auth.ts";
import type { RefreshTokenStore } from "../auth/refresh-token-store.ts";
import { createUserStore } from "../auth/user-store.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { startHttpServer } from "./http-server.ts";
import { createMemoryStore } from "./memory-store.ts";

export const USER = {
  id: randomUUID(),
  username: "ada",
  email: "ada@example.org",
  roles: ["user"],
  created_at: "2026-01-01T00:00:00.000Z",
};

export const OTHER = { ...USER, id: randomUUID(), username: "bob", email: "bob@example.org" };

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Looks as one of auth-service does: the app reads whose it is. */
export const accessToken = (count: number, { id }: { id: string } = USER) =>
  `${base64({ alg: "ES256" })}.${base64({ sub: id, jti: `access-${count}` })}.c2ln`;

/** A test double of SecureStore. */
export function createMemoryTokenStore(
  tokenIn: "cookie" | "body" = "body",
): RefreshTokenStore & { token?: string } {
  return {
    tokenIn,
    async get() {
      return this.token;
    },
    async set(token) {
      this.token = token;
    },
    async clear() {
      delete this.token;
    },
  };
}

/**
 * A test double of auth-service that rotates refresh tokens strictly: one that was used already is refused, so that
 * a client that refreshes twice at once is found out.
 */
export async function startPlatform() {
  const seen = { refreshes: 0, things: 0, logouts: 0, bodies: [] as unknown[], paths: [] as string[] };
  const control = { refreshStatus: 200, logoutStatus: 204, refreshDelayMs: 30, refuseAll: false, user: USER };
  let access = accessToken(0);
  let refresh = "refresh-0";
  const tokens = () => ({
    access_token: access,
    refresh_token: refresh,
    token_type: "Bearer",
    expires_in: 1800,
  });
  const server = await startHttpServer(({ url, headers }, body) => {
    if (body !== undefined) seen.bodies.push(body);
    seen.paths.push(url ?? "");
    switch (url) {
      case "/api/auth/login":
      case "/api/auth/oidc/token":
        return { status: 200, body: tokens() };
      case "/api/auth/refresh": {
        seen.refreshes += 1;
        if (control.refreshStatus !== 200) return { status: control.refreshStatus };
        const given = (body as { refresh_token?: string }).refresh_token;
        if (given !== undefined && given !== refresh) return { status: 401 };
        access = accessToken(seen.refreshes, control.user);
        refresh = `refresh-${seen.refreshes}`;
        return { status: 200, body: tokens(), delayMs: control.refreshDelayMs };
      }
      case "/api/auth/logout":
        seen.logouts += 1;
        return { status: control.logoutStatus };
      default:
        seen.things += 1;
        if (control.refuseAll || headers.authorization !== `Bearer ${access}`)
          return { status: 401, delayMs: Math.random() * 60 };
        return { status: 200, body: url === "/api/users/me" ? control.user : { url } };
    }
  });
  return {
    ...server,
    seen,
    control,
    /** The access token that is out there is good no more. */
    expire: () => {
      access = "none";
    },
  };
}

/** A device with its own storage, signed in or not as `tokenStore` has it. */
export function createDevice(
  url: string,
  options: { tokenStore?: RefreshTokenStore; store?: BlobStore } = {},
) {
  const { tokenStore = createMemoryTokenStore(), store = createMemoryStore() } = options;
  const auth = createAuth({
    http: axios.create({ baseURL: url }),
    tokenStore,
    userStore: createUserStore(store),
  });
  return { auth, http: createHttpClient(url, auth), tokenStore, store };
}
