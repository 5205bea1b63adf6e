import { createIssuer } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createApp } from "./app.ts";
import { listen } from "./listen.ts";
import { createLogger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { parseBody, parseQuery } from "./parse.ts";
import { HttpProblem } from "./problem.ts";
import { requireUser, userOf } from "./require-user.ts";
import { createTokenVerifier } from "./token-verifier.ts";

const issuer = createIssuer();
const metrics = createMetrics();
let http: Awaited<ReturnType<typeof listen>>;
let jwksAnswers = true;

beforeAll(async () => {
  const verifierWith = (fetch: typeof globalThis.fetch) =>
    requireUser(createTokenVerifier({ ...issuer, jwksUrl: "http://issuer.test/jwks", fetch }));
  const verified = verifierWith(async () => Response.json(issuer.jwks()));
  const cut = verifierWith(async () => Promise.reject(new Error("no route")));
  const app = createApp({
    logger: createLogger("test", "none"),
    metrics,
    routes: (app) => {
      app.post("/echo/:id", (request, response) => {
        response.json(parseBody(z.strictObject({ name: z.string() }), request));
      });
      app.get("/page", (request, response) => {
        response.json(parseQuery(z.strictObject({ limit: z.coerce.number().int() }), request));
      });
      app.get("/defect", () => {
        throw new Error("password is hunter2");
      });
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

  it("tells nothing of a defect, and the headers and words of an HttpProblem", async () => {
    const defect = await call("/defect");
    expect(defect.status).toBe(500);
    expect(await defect.text()).not.toContain("hunter2");
    const teapot = await call("/teapot");
    expect(teapot.headers.get("retry-after")).toBe("7");
    expect(await teapot.json()).toMatchObject({ status: 418, title: "Teapot", detail: "short and stout" });
  });

  it("measures requests by route, not by path", async () => {
    await post("/echo/12345", '{"name": "a"}');
    const text = await metrics.registry.metrics();
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="POST",route="\/echo\/:id",status="200"\} 1/,
    );
    expect(text).not.toContain("12345");
  });
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
