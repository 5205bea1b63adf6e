import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "@mobile-ai-agent/contracts";
import { createIssuer, eventually, freePort, startDaemon } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startGateway } from "../testing/start-gateway.ts";

const issuer = createIssuer();
const headers = { authorization: `Bearer ${issuer.token()}` };
const cleanup = new AsyncDisposableStack();
let jwksUrl: string;

beforeAll(async () => {
  const keys = await issuer.serve();
  cleanup.defer(() => keys.stop());
  jwksUrl = keys.jwksUrl;
});
afterAll(() => cleanup.disposeAsync());

async function gatewayTo(url: string, env: Record<string, string> = {}) {
  const gateway = await startGateway({ JWKS_URL: jwksUrl, CONTEXT_PROTOCOL_SERVER_URL: url, ...env });
  cleanup.defer(() => gateway.stop());
  return gateway;
}

async function serve(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.defer(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toMatch("application/problem+json");
  return Problem.parse(await response.json());
}

describe("a service that fails", () => {
  const SERVER = 'require("http").createServer((q, s) => s.end("ok")).listen(+process.argv[1], "127.0.0.1")';
  /** A process, so that it can die as a pod does. */
  const startProcess = (port: number) =>
    startDaemon(() => ({
      command: process.execPath,
      args: ["-e", SERVER, `${port}`],
      port,
      ifMissing: "",
    }));

  it("is given a rest when it has died, and asked again, by one request first, when it is back", async () => {
    const port = await freePort();
    const service = await startProcess(port);
    const { base, management } = await gatewayTo(`http://127.0.0.1:${port}`, {
      UPSTREAM_FAILURES: "3",
      UPSTREAM_REST: "1",
    });
    const get = () => fetch(`${base}/api/run/1`, { headers });
    const resting = async () =>
      /app_upstream_resting\{service="context-protocol-server"\} (\d)/.exec(
        await (await fetch(`${management}/metrics`)).text(),
      )?.[1];
    expect((await get()).status).toBe(200);
    expect(await resting()).toBe("0");

    await service.stop();
    for (let n = 0; n < 3; n += 1) expect((await problemOf(await get())).status).toBe(502);
    const refused = await get();
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await problemOf(refused)).status).toBe(503);
    expect(await resting()).toBe("1");

    // A probe that fails prolongs the rest.
    await delay(1100);
    const together = await Promise.all([get(), get(), get()]);
    expect(together.map(({ status }) => status).sort()).toEqual([502, 503, 503]);
    expect((await get()).status).toBe(503);

    const again = await startProcess(port);
    cleanup.defer(() => again.stop());
    await eventually(async () => (await get()).status === 200);
    expect((await Promise.all([get(), get(), get()])).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await resting()).toBe("0");
  });

  it("does not take the other services with it, nor the paths that need none", async () => {
    const other = await serve(createServer((_request, response) => response.end("ok")));
    const { base } = await gatewayTo(`http://127.0.0.1:${await freePort()}`, {
      AUTH_SERVICE_URL: other,
      UPSTREAM_FAILURES: "1",
    });
    expect((await fetch(`${base}/api/run/1`, { headers })).status).toBe(502);
    expect((await fetch(`${base}/api/session`, { headers })).status).toBe(503);
    expect((await fetch(`${base}/api/users/me`, { headers })).status).toBe(200);
    expect((await fetch(`${base}/api/openapi.json`)).status).toBe(200);
  });

  it("is not blamed for callers who go away, or for the errors that it answers itself", async () => {
    const slow = createServer((request, response) => {
      if (request.url?.endsWith("/slow")) return;
      response.writeHead(500).end("its own");
    });
    const { base } = await gatewayTo(await serve(slow), { UPSTREAM_FAILURES: "2" });
    for (let n = 0; n < 4; n += 1) {
      const gone = fetch(`${base}/api/run/slow`, { headers, signal: AbortSignal.timeout(50) });
      await expect(gone).rejects.toThrow();
      expect((await fetch(`${base}/api/run/1`, { headers })).status).toBe(500);
    }
  });
});

describe("a service that answers before it has read a body, and breaks off", () => {
  /** As Node does with too many headers: whether the answer is read before the reset is chance. */
  const refusing = () =>
    createServer((request) => {
      request.once("data", () => request.socket.resetAndDestroy());
    });

  it.each([
    ["/api/message/1", 100_000],
    ["/api/media", 1_000_000],
  ])("is not given a rest for it: %s", async (path, size) => {
    const url = await serve(refusing());
    const { base } = await gatewayTo(url, { MEDIA_PROCESSING_URL: url, UPSTREAM_FAILURES: "2" });
    for (let n = 0; n < 4; n += 1) {
      const response = await fetch(base + path, { method: "POST", headers, body: Buffer.alloc(size) });
      expect((await problemOf(response)).status).toBe(502);
    }
  });
});

describe("a small body", () => {
  it("bothers no service before it is there, whole, and in time", async () => {
    const bodies: number[] = [];
    const service = createServer(async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += chunk.length;
      bodies.push(size);
      response.end("ok");
    });
    const arrived = vi.fn();
    service.on("request", arrived);
    const { base } = await gatewayTo(await serve(service), { BODY_TIMEOUT: "1" });
    const begin = () => {
      const options = { method: "POST", headers: { ...headers, "content-length": 20 } };
      const request = httpRequest(`${base}/api/message/1`, options);
      request.write("ten bytes ");
      return request;
    };
    const [late, whole] = [begin(), begin()];
    const [answered, refused] = [once(whole, "response"), once(late, "response")];
    whole.end("and these.");
    const [answer] = (await answered) as [IncomingMessage];
    expect([answer.statusCode, bodies]).toEqual([200, [20]]);
    const [refusal] = (await refused) as [IncomingMessage];
    expect([refusal.statusCode, refusal.headers.connection]).toEqual([408, "close"]);
    expect(arrived).toHaveBeenCalledTimes(1);
  });
});

describe("headers", () => {
  it("that a service would refuse are refused here", async () => {
    let asked = 0;
    const service = createServer((_request, response) => {
      asked += 1;
      response.end("ok");
    });
    const { base } = await gatewayTo(await serve(service));
    const status = async (bytes: number) =>
      (await fetch(`${base}/api/run/1`, { headers: { ...headers, "x-much": "a".repeat(bytes) } })).status;
    expect([await status(10_000), asked]).toEqual([200, 1]);
    expect([await status(14_000), asked]).toEqual([431, 1]);
  });
});

describe("a broken connection", () => {
  /** Breaks off the first `times` requests of each path, and counts them all. */
  function breaking(times: number) {
    const tries: Record<string, number> = {};
    const server = createServer((request, response) => {
      const key = `${request.method} ${request.url}`;
      tries[key] = (tries[key] ?? 0) + 1;
      if (tries[key] <= times) request.socket.destroy();
      else response.end("ok");
    });
    return { tries, server };
  }

  it("is made good once where a repetition does no harm, and nowhere else", async () => {
    const { tries, server } = breaking(1);
    const { base } = await gatewayTo(await serve(server));
    expect(await (await fetch(`${base}/api/context/1`, { headers })).text()).toBe("ok");
    const posted = await fetch(`${base}/api/message/1`, { method: "POST", headers, body: "{}" });
    expect((await problemOf(posted)).status).toBe(502);
    const deleted = await fetch(`${base}/api/session/1`, { method: "DELETE", headers });
    expect((await problemOf(deleted)).status).toBe(502);
    expect(tries).toEqual({ "GET /api/context/1": 2, "POST /api/message/1": 1, "DELETE /api/session/1": 1 });
  });

  it("is not made good for ever", async () => {
    const { tries, server } = breaking(9);
    const { base } = await gatewayTo(await serve(server));
    expect((await problemOf(await fetch(`${base}/api/context/1`, { headers }))).status).toBe(502);
    expect(tries).toEqual({ "GET /api/context/1": 2 });
  });

  it("in the middle of an answer is seen by the caller", async () => {
    const half = createServer((_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("half");
      setTimeout(() => response.destroy(), 50);
    });
    const { base } = await gatewayTo(await serve(half));
    const response = await fetch(`${base}/api/context/1`, { headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it("of a service that drains does not close the caller's", async () => {
    const draining = createServer((_request, response) =>
      response.setHeader("connection", "close").end("ok"),
    );
    const { base } = await gatewayTo(await serve(draining));
    const request = httpRequest(`${base}/api/context/1`, { headers }).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    expect(response.headers.connection).toBe("keep-alive");
  });
});

describe("time", () => {
  it("is limited until a service begins its answer", async () => {
    const silent = createServer(() => {});
    const { base } = await gatewayTo(await serve(silent), { UPSTREAM_TIMEOUT: "0.2" });
    const problem = await problemOf(await fetch(`${base}/api/run/1`, { headers }));
    expect(problem.status).toBe(504);
  });

  it("is not counted while a large body is on its way", async () => {
    const echo = createServer(async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += chunk.length;
      response.end(`${size}`);
    });
    const url = await serve(echo);
    const { base } = await gatewayTo(url, { MEDIA_PROCESSING_URL: url, UPSTREAM_TIMEOUT: "0.2" });
    const request = httpRequest(`${base}/api/media`, {
      method: "POST",
      headers: { ...headers, "content-length": 5, expect: "100-continue" },
    });
    const answered = once(request, "response");
    for (let n = 0; n < 5; n += 1) {
      request.write("x");
      await delay(100);
    }
    request.end();
    const [response] = (await answered) as [IncomingMessage];
    expect([response.statusCode, `${(await response.toArray()).join("")}`]).toEqual([200, "5"]);
  });

  it("is limited for a whole answer, but not for a stream of events, which comes event by event", async () => {
    const { promise: headersAreThere, resolve: goOn } = Promise.withResolvers<void>();
    const writers = createServer(async (request, response) => {
      const isStream = request.url?.endsWith("/events");
      response.setHeader("content-type", isStream ? "text/event-stream" : "text/plain");
      if (isStream) {
        response.flushHeaders();
        await headersAreThere;
      }
      let n = 0;
      const timer = setInterval(() => {
        response.write(`data: ${n++}\n\n`);
        if (n === 6) response.end();
      }, 100);
      response.once("close", () => clearInterval(timer));
    });
    const { base } = await gatewayTo(await serve(writers), { UPSTREAM_TOTAL_TIMEOUT: "0.3" });
    const cut = await fetch(`${base}/api/run/text`, { headers });
    await expect(cut.text()).rejects.toThrow();

    const stream = await fetch(`${base}/api/run/events`, { headers });
    goOn();
    const arrivals: string[] = [];
    for await (const chunk of stream.body as ReadableStream<Uint8Array>)
      arrivals.push(Buffer.from(chunk).toString());
    expect(arrivals.join("")).toBe([0, 1, 2, 3, 4, 5].map((n) => `data: ${n}\n\n`).join(""));
    expect(arrivals.length).toBeGreaterThan(1);
  });
});
