import {
  CreatePasskeyOptionsRequest,
  CreatePasskeyRequest,
  type PasskeyList,
  RemovePasskeyRequest,
} from "@mobile-ai-agent/contracts";
import { HttpProblem, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import type { RequestHandler } from "express";
import { recordPasskey } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { faultIn } from "../field-fault.ts";
import { provePassword } from "../prove-password.ts";

/** GET /api/users/me/passkeys → PasskeyList */
export function listPasskeys({ passkeys }: AuthContext): RequestHandler {
  return async (request, response) => {
    const body: PasskeyList = { passkeys: await passkeys.list(userOf(request).sub) };
    response.set("Cache-Control", "no-store").json(body);
  };
}

/** POST /api/users/me/passkeys/options → what the device makes a passkey from; 403 for a wrong password. */
export function passkeyOptions(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { password } = parseBody(CreatePasskeyOptionsRequest, request);
    const user = await provePassword(context, request, password);
    response.set("Cache-Control", "no-store").json(await context.passkeys.addOptions(user));
  };
}

/** POST /api/users/me/passkeys → 201 Passkey; 400 when the device's answer is not good. */
export function createPasskey({ audit, passkeys }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { name, credential } = parseBody(CreatePasskeyRequest, request);
    const added = await passkeys.add(userOf(request).sub, name, credential as RegistrationResponseJSON);
    if (!added)
      throw faultIn("credential", "is not a good answer to a challenge of the last minutes; begin again");
    recordPasskey(audit, "passkey.added", { userId: userOf(request).sub, passkey: added.id });
    response.status(201).json(added);
  };
}

/** POST /api/users/me/passkeys/:passkeyId/remove → 204; 403 for a wrong password, 404 for another's. */
export function removePasskey(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { password } = parseBody(RemovePasskeyRequest, request);
    const { id } = await provePassword(context, request, password);
    const passkey = String(request.params.passkeyId);
    if (!(await context.passkeys.remove(id, passkey))) {
      throw new HttpProblem(404, "Not Found", "you have no such passkey");
    }
    recordPasskey(context.audit, "passkey.removed", { userId: id, passkey });
    response.status(204).end();
  };
}
