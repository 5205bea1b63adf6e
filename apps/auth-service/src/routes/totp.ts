import {
  ConfirmTotpRequest,
  EnrolTotpRequest,
  type RecoveryCodes,
  RemoveTotpRequest,
  type TotpEnrolment,
  type TotpStatus,
} from "@mobile-ai-agent/contracts";
import { HttpProblem, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { generateURI } from "otplib";
import { recordOwn } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { faultIn } from "../field-fault.ts";
import { provePassword } from "../prove-password.ts";

const ISSUER = "Mobile AI Agent";

/** GET /api/users/me/totp → TotpStatus */
export function totpStatus({ secondFactors }: AuthContext): RequestHandler {
  return async (request, response) => {
    const body: TotpStatus = { enabled: await secondFactors.isOn(userOf(request).sub) };
    response.set("Cache-Control", "no-store").json(body);
  };
}

/** POST /api/users/me/totp → TotpEnrolment, in force once confirmed; 403 for a wrong password, 409 when it is on. */
export function enrolTotp(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { password } = parseBody(EnrolTotpRequest, request);
    const user = await provePassword(context, request, password);
    const secret = await context.secondFactors.enrol(user.id);
    if (secret === undefined) {
      throw new HttpProblem(409, "Conflict", "an authenticator is in use already; remove it first");
    }
    recordOwn(context.audit, "second-factor.enrolled", user.id);
    const uri = generateURI({ issuer: ISSUER, label: user.username, secret });
    const body: TotpEnrolment = { secret, uri };
    response.set("Cache-Control", "no-store").json(body);
  };
}

/** POST /api/users/me/totp/confirm → RecoveryCodes; from now on login asks for a code. */
export function confirmTotp({ audit, secondFactors }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { code } = parseBody(ConfirmTotpRequest, request);
    const recovery_codes = await secondFactors.confirm(userOf(request).sub, code);
    if (!recovery_codes) throw faultIn("code", "is not the authenticator's; begin again if none was added");
    recordOwn(audit, "second-factor.confirmed", userOf(request).sub);
    const body: RecoveryCodes = { recovery_codes };
    response.set("Cache-Control", "no-store").json(body);
  };
}

/** POST /api/users/me/totp/remove → 204; 403 for a wrong password, 400 for a wrong code. */
export function removeTotp(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { password, code } = parseBody(RemoveTotpRequest, request);
    const { id } = await provePassword(context, request, password, (userId) =>
      context.secondFactors.take(userId, code),
    );
    await context.secondFactors.remove(id);
    recordOwn(context.audit, "second-factor.removed", id);
    response.status(204).end();
  };
}
