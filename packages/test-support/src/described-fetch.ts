import { OPERATIONS, Problem } from "@mobile-ai-agent/contracts";
import { openApiDocument } from "@mobile-ai-agent/contracts/openapi";

const { paths = {} } = openApiDocument();

/**
 * `fetch` that holds a service to the API's description: an answer with a status, a media type or a body that the
 * operation doesn't have is an error.
 *
 * @throws Error naming the operation and the difference
 */
export async function describedFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, init);
  const method = (init.method ?? "GET").toLowerCase();
  const found = findOperation(method, new URL(url).pathname);
  if (!found) {
    if (response.status !== 404)
      throw new Error(`${method} ${url} is not described, yet answers ${response.status}`);
    return response;
  }
  const { id, operation } = found;
  const responses = paths[operation.path]?.[operation.method]?.responses ?? {};
  if (!(response.status in responses) && response.status < 500) {
    throw new Error(`${id} answers ${response.status}, which is not described`);
  }
  const isProblem = response.status >= 400;
  const schema = isProblem ? Problem.strict() : operation.success.schema;
  const type = response.headers.get("content-type")?.split(";")[0] ?? null;
  const { download = [] } = operation.success;
  const described = isProblem ? ["application/problem+json"] : schema ? ["application/json"] : download;
  if (type === null ? described.length > 0 : !described.includes(type)) {
    await response.body?.cancel();
    throw new Error(`${id} answers ${type} instead of ${described.join(" or ") || "nothing"}`);
  }
  if (!isProblem && download.length > 0) return response;
  const body = await response.clone().text();
  const result = schema?.safeParse(JSON.parse(body));
  if (result?.success === false)
    throw new Error(`${id} answers what is not described: ${result.error.message}`);
  return response;
}

/** @returns the operation that the path belongs to; one without parameters comes first. */
function findOperation(method: string, path: string) {
  const matching = Object.entries(OPERATIONS).filter(
    ([, operation]) =>
      operation.method === method &&
      new RegExp(`^${operation.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  const [id, operation] = matching.find(([, { path }]) => !path.includes("{")) ?? matching[0] ?? [];
  return id && operation ? { id, operation } : undefined;
}
