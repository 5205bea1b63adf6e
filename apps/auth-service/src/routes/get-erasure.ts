import type { ErasureStatus } from "@mobile-ai-agent/contracts";
import { HttpProblem } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";

/** GET /api/erasures/:erasureToken → ErasureStatus, with the certificate once it is complete; 404 for any other token. */
export function getErasure({ erasure, certificates }: AuthContext): RequestHandler {
  return async (request, response) => {
    const found = await erasure.status(String(request.params.erasureToken));
    if (!found) throw new HttpProblem(404, "Not Found", "there is no such erasure");
    const { requestedAt, completedAt, waitingFor, statement } = found;
    const body: ErasureStatus = {
      state: statement ? "completed" : "pending",
      requested_at: requestedAt.toISOString(),
      completed_at: completedAt?.toISOString() ?? null,
      waiting_for: [...waitingFor],
      certificate: statement ? certificates.sign(statement) : null,
    };
    response.set("Cache-Control", "no-store").json(body);
  };
}
