import type { Request } from "express";
import type { z } from "zod";
import { HttpProblem } from "./problem.ts";

/** The request's JSON body. @throws HttpProblem 400 that lists every fault by path */
export function parseBody<T extends z.ZodType>(schema: T, request: Request): z.infer<T> {
  return parse(schema, request.body ?? {}, "body");
}

/** The request's query. @throws HttpProblem 400 that lists every fault by path */
export function parseQuery<T extends z.ZodType>(schema: T, request: Request): z.infer<T> {
  return parse(schema, request.query, "query");
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
