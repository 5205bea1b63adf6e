import { HttpProblem } from "@mobile-ai-agent/service-kit";

/** 400, for a place in a list that was never given out. */
export function unknownCursor(path: string): HttpProblem {
  const errors = [{ path, message: "was not given out by this list" }];
  return new HttpProblem(400, "Bad Request", "the query does not have the expected form", { errors });
}
