import type { ApiProblem, ApiResult } from "../api/result.ts";
import { isPassing } from "./load.ts";

/** Carries an ApiProblem through the query cache, which tells failures by what is thrown. */
class QueryFault extends Error {
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export function unwrap<T>(answer: ApiResult<T>): T {
  if (!answer.ok) throw new QueryFault(answer.problem);
  return answer.data;
}

/** What a refused request says stays refused; the rest is tried again for a while. */
export function retryQuery(failures: number, error: Error): boolean {
  return error instanceof QueryFault && isPassing(error.problem) && failures < 3;
}
