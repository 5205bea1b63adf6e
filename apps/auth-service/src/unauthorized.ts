import type { Problem } from "@mobile-ai-agent/contracts";
import { HttpProblem } from "@mobile-ai-agent/service-kit";

/**
 * @param detail what is wrong, and what to do about it
 * @param options.error of an access token that was given: RFC 6750, 3.1
 */
export function unauthorized(
  detail: string,
  { error, errors }: { error?: "invalid_token"; errors?: Problem["errors"] } = {},
): HttpProblem {
  const challenge = error === undefined ? "Bearer" : `Bearer error="${error}"`;
  const headers = { "WWW-Authenticate": challenge };
  return new HttpProblem(401, "Unauthorized", detail, { headers, ...(errors && { errors }) });
}
