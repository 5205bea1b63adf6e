import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { RegisterRequest, TokenResponse, User } from "@mobile-ai-agent/contracts";
import { ApiProblem, type PlatformApi } from "./api.ts";

/**
 * Signs in with the account kept in `file` (mode 600); makes and registers one when there is none, or when the
 * platform doesn't know it any more, as after a `down`. From then on `api` signs in again when its token is about to expire.
 */
export async function signIn(api: PlatformApi, file: string): Promise<void> {
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept !== undefined && (await logIn(api, RegisterRequest.parse(JSON.parse(kept))))) return;
  const account = newAccount();
  await api.call({ method: "POST", path: "/api/auth/register", body: account, schema: User });
  await writeFile(file, JSON.stringify(account), { mode: 0o600 });
  if (!(await logIn(api, account))) throw new Error("the platform refused an account that it just made");
}

type Credentials = Pick<RegisterRequest, "username" | "password">;

async function logIn(api: PlatformApi, { username, password }: Credentials): Promise<boolean> {
  try {
    const tokens = await api.call({
      method: "POST",
      path: "/api/auth/login",
      body: { username, password },
      schema: TokenResponse,
    });
    api.takeToken(tokens.access_token, tokens.expires_in);
    api.signInAgain = async () => {
      if (!(await logIn(api, { username, password }))) throw new Error("the account is no longer known");
    };
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return false;
    throw error;
  }
}

function newAccount(): RegisterRequest {
  const username = `terminal_${randomBytes(6).toString("hex")}`;
  return { username, email: `${username}@example.com`, password: randomBytes(24).toString("base64url") };
}
