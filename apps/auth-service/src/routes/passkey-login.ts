import { PasskeyLoginOptionsRequest, PasskeyLoginRequest } from "@mobile-ai-agent/contracts";
import { parseBody } from "@mobile-ai-agent/service-kit";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import type { RequestHandler } from "express";
import { recordFailedSignIn } from "../audited.ts";
import { completeSignIn } from "../complete-sign-in.ts";
import type { AuthContext } from "../context.ts";
import { refuseOtherSites } from "../refresh-cookie.ts";
import { unauthorized } from "../unauthorized.ts";
import { sendTokens } from "./answers.ts";

/** POST /api/auth/passkey/options → what the device signs. */
export function passkeyLoginOptions({ passkeys }: AuthContext): RequestHandler {
  return async (request, response) => {
    parseBody(PasskeyLoginOptionsRequest, request);
    response.set("Cache-Control", "no-store").json(await passkeys.loginOptions());
  };
}

/** POST /api/auth/passkey → TokenResponse, without name, password and code; 401 when the passkey is not good. */
export function passkeyLogin(context: AuthContext): RequestHandler {
  const { audit, passkeys, refreshTokens } = context;
  return async (request, response) => {
    const { credential, refresh_token_in: carrier } = parseBody(PasskeyLoginRequest, request);
    if (carrier === "cookie") refuseOtherSites(request);
    const owner = await passkeys.ownerOf(credential.id);
    const epoch = owner === undefined ? "" : await refreshTokens.epochOf(owner);
    const userId = await passkeys.login(credential as AuthenticationResponseJSON);
    if (userId === undefined) {
      recordFailedSignIn(audit, request, { method: "passkey", userId: owner, reason: "credentials" });
      throw notGood();
    }
    const completed = await completeSignIn(context, request, { method: "passkey", userId, epoch });
    if (!completed) throw notGood();
    sendTokens(response, context, { ...completed, carrier });
  };
}

function notGood() {
  return unauthorized("the passkey is not known, or its answer is not good; begin again");
}
