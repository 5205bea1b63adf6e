import type { Usage } from "@mobile-ai-agent/contracts";
import type { TokenBudget } from "@mobile-ai-agent/conversation-store";
import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";

/** GET /api/usage: the tokens that the caller has used today, the limit, and when the next day begins. */
export function getUsage(budget: TokenBudget): RequestHandler {
  return async (request, response) => {
    const { day, used, limit, resetsAt } = await budget.today(userOf(request).sub);
    const remaining = Math.max(limit - used, 0);
    const body: Usage = { day, used, limit, remaining, resets_at: resetsAt.toISOString() };
    response.set("Cache-Control", "no-store").json(body);
  };
}
