import { randomBytes } from "node:crypto";
import { TokenResponse, User } from "@mobile-ai-agent/contracts";
import { PlatformApi } from "@mobile-ai-agent/local/chat/api";

export interface NewUser {
  readonly username: string;
  /** Signed in. */
  readonly api: PlatformApi;
  readonly refreshToken: string;
}

/** Registers a person of whom the platform at `url` has not heard, and signs in. */
export async function newUser(url: string): Promise<NewUser> {
  const api = new PlatformApi(url);
  const username = `user_${randomBytes(6).toString("hex")}`;
  const password = randomBytes(18).toString("base64url");
  const body = { username, email: `${username}@example.com`, password };
  await api.call({ method: "POST", path: "/api/auth/register", body, schema: User });
  const tokens = await api.call({
    ...{ method: "POST", path: "/api/auth/login", body: { username, password }, schema: TokenResponse },
  });
  api.accessToken = tokens.access_token;
  return { username, api, refreshToken: tokens.refresh_token ?? "" };
}
