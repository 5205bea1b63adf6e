import { createServer } from "node:http";
import { OPERATIONS } from "@mobile-ai-agent/contracts";
import { listen } from "@mobile-ai-agent/service-kit";
import { createIssuer } from "@mobile-ai-agent/test-support";
import express, { type Express } from "express";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { mountRoutes as mountAuth } from "../../auth-service/src/routes/index.ts";
import { mountRoutes as mountContext } from "../../context-protocol-server/src/routes/index.ts";
import { mountRoutes as mountMedia } from "../../media-processing/src/routes/index.ts";
import { ROUTES } from "./routes.ts";
import { startGateway } from "./testing/start-gateway.ts";

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let base: string;
let described: string[];

/** Answers with its name, whatever is asked. */
async function serve(name: string): Promise<string> {
  const server = await listen(
    createServer((_request, response) => response.end(name)),
    0,
  );
  cleanup.defer(() => server.close());
  return `http://127.0.0.1:${server.port}`;
}

beforeAll(async () => {
  const keys = await issuer.serve();
  cleanup.defer(() => keys.stop());
  const gateway = await startGateway({
    JWKS_URL: keys.jwksUrl,
    // Without Redis, and every route is asked for.
    RATE_LIMIT_AUTH_WITHOUT_REDIS: "1000",
    AUTH_SERVICE_URL: await serve("auth-service"),
    CONTEXT_PROTOCOL_SERVER_URL: await serve("context-protocol-server"),
    MEDIA_PROCESSING_URL: await serve("media-processing"),
  });
  cleanup.defer(() => gateway.stop());
  base = gateway.base;
  const { paths } = (await (await fetch(`${base}/api/openapi.json`)).json()) as { paths: object };
  described = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
});
afterAll(() => cleanup.disposeAsync());

/** @returns "method /path/{parameter}" of each route, also of routers that are mounted at a path. */
function routesOf(mount: (app: Express) => void): string[] {
  const app = express();
  const use = vi.spyOn(app, "use");
  mount(app);
  const mounted = use.mock.calls.map(([prefix, router]) =>
    list((router as unknown as Express).stack, String(prefix)),
  );
  // A route with two handlers is there twice.
  return [...new Set([...list(app.router.stack), ...mounted.flat()])];
}

function list(stack: Express["router"]["stack"], prefix = ""): string[] {
  return stack.flatMap(({ route }) =>
    route
      ? route.stack.map(({ method }) => `${method} ${prefix}${route.path.replace(/:(\w+)/g, "{$1}")}`)
      : [],
  );
}

const unused = {} as never;
const SERVICES = {
  "auth-service": routesOf((app) => mountAuth(app, unused)),
  "context-protocol-server": routesOf(
    mountContext({
      ...{ store: unused, budget: unused, events: unused },
      queue: unused,
      cancellations: unused,
      runLog: unused,
      checkMedia: unused,
      exportSources: unused,
      tell: unused,
      logger: unused,
      authenticate: (_q, _s, next) => next(),
    }),
  ),
  "media-processing": routesOf(
    mountMedia({ authenticate: (_q, _s, next) => next() } as Parameters<typeof mountMedia>[0]),
  ),
};

describe("GET /api/openapi.json", () => {
  it("describes every route that a service mounts under /api, and none that isn't there", () => {
    const mounted = Object.values(SERVICES)
      .flat()
      .filter((route) => route.includes(" /api/"));
    expect(mounted.length).toBeGreaterThan(10);
    expect([...mounted, "get /api/openapi.json"].sort()).toEqual(described.sort());
  });

  it("describes only what the gateway passes on, to the service that has the route", async () => {
    for (const [service, routes] of Object.entries(SERVICES)) {
      for (const route of routes.filter((route) => described.includes(route))) {
        const [method = "", path = ""] = route.split(" ");
        const response = await fetch(base + path.replace(/\{\w+\}/g, "1"), {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${issuer.token()}` },
        });
        expect(await response.text(), route).toBe(service);
      }
    }
  });

  it("says who may call an operation as the gateway judges it", () => {
    for (const [id, { path: template, access }] of Object.entries(OPERATIONS)) {
      if (template === "/api/openapi.json") continue;
      const path = template.replace(/\{(\w+)\}/g, ":$1");
      const prefix = Object.keys(ROUTES).find((prefix) => `${path}/`.startsWith(`${prefix}/`)) ?? "";
      // A service may still ask for a user where the gateway lets anyone pass; not the other way round.
      if (access === "anyone") expect(ROUTES[prefix]?.access, id).toBe("anyone");
      else if (!path.startsWith("/api/auth/")) expect(ROUTES[prefix]?.access, id).toBe("user");
    }
  });
});
