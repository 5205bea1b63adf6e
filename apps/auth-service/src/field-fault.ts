import { HttpProblem } from "@mobile-ai-agent/service-kit";

/** What is wrong with one field of a body that has the expected form otherwise. */
export function faultIn(path: string, message: string): HttpProblem {
  return new HttpProblem(400, "Bad Request", "the body does not have the expected form", {
    errors: [{ path, message }],
  });
}
