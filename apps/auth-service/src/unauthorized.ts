import { HttpProblem } from "@mobile-ai-agent/service-kit";

/**
 * @param detail what is wrong, and what to do about it
 * @param error of an access token that was given: RFC 6750, 3.1
 */
export function unauthorized(detail: string, error?: "invalid_token"): HttpProblem {
  const challenge = error === undefined ? "Bearer" : `Bearer error="${error}"`;
  return new HttpProblem(401, "Unauthorized", detail, { headers: { "WWW-Authenticate": challenge } });
}
