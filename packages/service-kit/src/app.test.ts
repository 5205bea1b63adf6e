import { createIssuer } from "@mobile-ai-agent/test-support";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createApp } from "./app.ts";
import { listen } from "./listen.ts";
import { createLogger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { parseBody, parseQuery } from "./parse.ts";
import { HttpProblem } from "./problem.ts";
import { contextHeaders } from "./request-context.ts";
import { requireUser, userOf } from "./require-user.ts";
import { createTokenVerifier } from "./token-verifier.ts";

const issuer = createIssuer();
const metrics = createMetrics();
const logger = createLogger("test");
for (const transport of logger.transports) transport.silent = true;
const logged: Record<string, unknown>[] = [];
logger.on("data", (line) => logged.push(line));

const reached = Promise.withResolvers<void>();

interface Context {
  headers: Record<string, string>;
  outgoing: Record<string, string>;
}

/** No server listens at port 1. */
async function askAbsentDatabase(): Promise<void> {
  const client = new MongoClient("mongodb://127.0.0.1:1", { serverSelectionTimeoutMS: 100 });
  await client
    .db("test")
    .collection("any")
    .insertOne({})
    .finally(() => client.close());
}

let http: Awaited<ReturnType<typeof listen>>;
let jwksAnswers = true;

beforeAll(async () => {
  const verifierWith = (fetch: typeof globalThis.fetch) =>
    requireUser(createTokenVerifier({ ...issuer, jwksUrl: "http://issuer.test/jwks", fetch }));
  const verified = verifierWith(async () => Response.json(issuer.jwks()));
  const cut = verifierWith(async () => Promise.reject(new Error("no route")));
  const app = createApp({
    logger,
    metrics,
    routes: (app) => {
      app.post("/echo/:id", (request, response) => {
        response.json(parseBody(z.strictObject({ name: z.string() }), request));
      });
      app.get("/page", (request, response) => {
        response.json(parseQuery(z.strictObject({ limit: z.coerce.number().int() }), request));
      });
      app.get("/context", (request, response) => {
        response.json({ headers: request.headers, outgoing: contextHeaders() });
      });
      app.get("/never", () => reached.resolve());
      app.get("/defect", () => {
        throw new Error("password is hunter2");
      });
      app.get("/database", askAbsentDatabase);
      app.get("/teapot", () => {
        throw new HttpProblem(418, "Teapot", "short and stout", { headers: { "Retry-After": "7" } });
      });
      app.get(
        "/me",
        (request, response, next) => (jwksAnswers ? verified : cut)(request, response, next),
        (request, response) => {
          response.json(userOf(request));
        },
      );
    },
  });
  http = await listen(app, 0);
});
afterAll(() => http.close());

const call = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${http.port}${path}`, init);
const post = (path: string, body: string, headers = {}) =>
  call(path, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

describe("createApp", () => {
  it("says when to come back if the database is away, and nothing of where it is", async () => {
    const response = await call("/database");
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await response.text()).not.toContain("127.0.0.1");
  });

  it("answers an unknown route with a problem that has the request's id", async () => {
    const response = await call("/none?q=1", { headers: { "x-request-id": "request-0001" } });
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toMatch("application/problem+json");
    expect(response.headers.get("x-request-id")).toBe("request-0001");
    expect(await response.json()).toMatchObject({
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "there is no GET /none",
      request_id: "request-0001",
    });
  });

  it("makes a request id of its own when the given one is no id", async () => {
    const response = await call("/none", { headers: { "x-request-id": "a b" } });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("lists what is wrong with a body and a query by path", async () => {
    const body = await (await post("/echo/1", '{"name": 1}')).json();
    expect(body).toMatchObject({ status: 400, errors: [{ path: "name" }] });
    const query = await (await call("/page?limit=many")).json();
    expect(query).toMatchObject({ status: 400, errors: [{ path: "limit" }] });
    expect((await call("/echo/1", { method: "POST" })).status).toBe(400);
  });

  it("refuses what is no JSON or too large, and echoes none of it", async () => {
    const broken = await post("/echo/1", '{"secret": hunter2}');
    expect(broken.status).toBe(400);
    expect(await broken.text()).not.toContain("hunter2");
    expect((await post("/echo/1", JSON.stringify({ name: "x".repeat(110_000) }))).status).toBe(413);
  });

  it("names the type that a body should have, rather than faults of what it has not read", async () => {
    const form = { method: "POST", headers: { "content-type": "text/plain" }, body: '{"name": "a"}' };
    const response = await call("/echo/1", form);
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ detail: "send the body as application/json" });
  });

  it("tells nothing of a defect, and the headers and words of an HttpProblem", async () => {
    const defect = await call("/defect");
    expect(defect.status).toBe(500);
    expect(await defect.text()).not.toContain("hunter2");
    const teapot = await call("/teapot");
    expect(teapot.headers.get("retry-after")).toBe("7");
    expect(await teapot.json()).toMatchObject({ status: 418, title: "Teapot", detail: "short and stout" });
  });

  it("logs paths without an erasure's token, and no more of a long one than tells what it was", async () => {
    logged.length = 0;
    await call(`/api/erasures/${"t".repeat(43)}`);
    await call(`/${"a".repeat(15_000)}`);
    const paths = logged.map((line) => (line as { path?: string }).path);
    expect(paths).toContain("/api/erasures/[redacted]");
    expect(Math.max(...paths.map((path) => path?.length ?? 0))).toBe(512);
  });

  it("measures requests by route, not by path", async () => {
    await post("/echo/12345", '{"name": "a"}');
    await call("/page/12345", { method: "PROPFIND" });
    const text = await metrics.registry.metrics();
    expect(text).toContain('app_request_count{method="POST",route="/echo/:id",status="200"} 1');
    expect(text).toContain('app_request_count{method="other",route="unmatched",status="404"} 1');
    expect(text).toContain('app_request_latency_seconds_bucket{le="0.1",method="POST",route="/echo/:id"}');
    expect(text).not.toContain("12345");
  });
});

describe("a request's trace", () => {
  const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
  const get = async (headers: Record<string, string>) => {
    const response = await call("/context", { headers });
    return { answered: response.headers.get("x-trace-id"), ...((await response.json()) as Context) };
  };

  it("goes on with the caller's, as a hop of its own", async () => {
    const { answered, headers, outgoing } = await get({ traceparent, tracestate: "vendor=1" });
    expect(answered).toBe(TRACE);
    expect(outgoing.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(outgoing.traceparent).not.toBe(traceparent);
    expect(outgoing.tracestate).toBe("vendor=1");
    expect(headers).toMatchObject(outgoing);
  });

  it("begins where the caller has none or a malformed one, whose state is not passed on", async () => {
    const malformed = { traceparent: "00-nonsense", tracestate: "vendor=1" };
    for (const given of [{} as Record<string, string>, malformed]) {
      const { answered, headers, outgoing } = await get(given);
      expect(answered).toMatch(/^[0-9a-f]{32}$/);
      expect(outgoing.traceparent).toContain(answered);
      expect(headers.traceparent).toBe(outgoing.traceparent);
      expect(headers).not.toHaveProperty("tracestate");
    }
  });

  it("is in the line that is written when the response has ended, and the query is not", async () => {
    logged.length = 0;
    await get({ traceparent, "x-request-id": "request-0002" });
    await call("/none?access_token=hunter2");
    await expect.poll(() => logged.length).toBe(2);
    expect(logged[0]).toMatchObject({ trace_id: TRACE, request_id: "request-0002", route: "/context" });
    expect(JSON.stringify(logged)).not.toContain("hunter2");
  });
});

it("logs and counts a request whose caller went away, in its own trace", async () => {
  logged.length = 0;
  const gone = new AbortController();
  const waiting = call("/never", { headers: { "x-request-id": "request-0003" }, signal: gone.signal });
  await reached.promise;
  gone.abort();
  await expect(waiting).rejects.toThrow();
  await expect
    .poll(() => logged)
    .toMatchObject([{ status: 499, request_id: "request-0003", route: "/never" }]);
  expect(await metrics.registry.metrics()).toContain('route="/never",status="499"} 1');
});

describe("requireUser", () => {
  const withToken = (token: string) => call("/me", { headers: { authorization: `Bearer ${token}` } });

  it("gives the route the claims of a valid token", async () => {
    const response = await withToken(issuer.token({ claims: { jti: "one" } }));
    expect(await response.json()).toMatchObject({ jti: "one", aud: issuer.audience });
  });

  it("answers 401 with a challenge without a token, and says invalid_token for a bad one", async () => {
    const without = await call("/me");
    expect([without.status, without.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    const bad = await withToken(createIssuer().token());
    expect([bad.status, bad.headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
  });

  it("answers 503, not 401, when the keys can't be had", async () => {
    jwksAnswers = false;
    expect((await withToken(issuer.token())).status).toBe(503);
    jwksAnswers = true;
  });
});
