import { HttpProblem } from "@mobile-ai-agent/service-kit";

/** @param detail what is wrong, and what to do about it */
export function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, "Unauthorized", detail, { headers: { "WWW-Authenticate": "Bearer" } });
}
