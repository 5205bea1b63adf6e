import type { Request } from "express";
import type { z } from "zod";
import { HttpProblem } from "./problem.ts";

/**
 * The request's JSON body; none is taken as `{}`.
 *
 * @throws HttpProblem 400 that lists every fault by path, 415 when there is a body of another type, which nobody has read
 */
export function parseBody<T extends z.ZodType>(schema: T, request: Request): z.infer<T> {
  if (request.body === undefined && hasContent(request)) {
    throw new HttpProblem(415, "Unsupported Media Type", "send the body as application/json");
  }
  return parse(schema, request.body ?? {}, "body");
}

/** The request's query. @throws HttpProblem 400 that lists every fault by path */
export function parseQuery<T extends z.ZodType>(schema: T, request: Request): z.infer<T> {
  return parse(schema, request.query, "query");
}

function hasContent({ headers }: Request): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function parse<T extends z.ZodType>(schema: T, value: unknown, part: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    path: issue.path.join("."),
    message: issue.message,
  }));
  throw new HttpProblem(400, "Bad Request", `the ${part} does not have the expected form`, { errors });
}
