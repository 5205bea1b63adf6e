import { type ErasureAccepted, RequestErasureRequest } from "@mobile-ai-agent/contracts";
import { parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { recordOwn } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { provePassword } from "../prove-password.ts";
import { proveYoungSignIn } from "../prove-young-sign-in.ts";
import { clearRefreshCookie } from "../refresh-cookie.ts";

/**
 * POST /api/users/me/erasure → 201 ErasureAccepted: the account is closed, all sign-ins end, and what the caller said can't
 * be read any more; the rest goes by itself. 403 when the password is wrong, or the sign-in too old where there is none.
 */
export function requestErasure(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { password } = parseBody(RequestErasureRequest, request);
    const { id } =
      password === undefined
        ? await proveYoungSignIn(context, request, "password")
        : await provePassword(context, request, password);
    const { token, requestedAt } = await context.erasure.request(id);
    recordOwn(context.audit, "user.erased", id);
    clearRefreshCookie(response);
    const body: ErasureAccepted = {
      requested_at: requestedAt.toISOString(),
      status_url: `/api/erasures/${token}`,
    };
    response.status(201).set("Cache-Control", "no-store").json(body);
  };
}
