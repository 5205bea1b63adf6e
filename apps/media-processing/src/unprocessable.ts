import { HttpProblem } from "@mobile-ai-agent/service-kit";

/** For a file of a kind that is taken, which can't be converted all the same. @param cause for our log only */
export function unprocessable(detail: string, cause?: unknown): HttpProblem {
  return new HttpProblem(422, "Unprocessable Content", detail, { cause });
}
