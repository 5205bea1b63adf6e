import { createServer, type IncomingHttpHeaders } from "node:http";
import { createLogger, currentContext, listen } from "@mobile-ai-agent/service-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { acknowledge } from "./acknowledge.ts";
import { createContextClient } from "./context-client.ts";

const received: IncomingHttpHeaders[] = [];
let server: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  server = await listen(
    createServer((request, response) => {
      received.push(request.headers);
      response.writeHead(404).end("{}");
    }),
    0,
  );
});
afterAll(() => server.close());

it("calls context-protocol-server in the trace of the event, one for each", async () => {
  const client = createContextClient(`http://127.0.0.1:${server.port}`);
  const traces: (string | undefined)[] = [];
  const listener = acknowledge(
    z.string(),
    async (id) => {
      traces.push(currentContext()?.traceId);
      return client.getRun("token", id);
    },
    createLogger("test", "none"),
  );
  for (const id of ["a", "b"]) await listener(id, () => {});
  expect(new Set(traces).size).toBe(2);
  expect(received.map(({ traceparent }) => String(traceparent).split("-")[1])).toEqual(traces);
  expect(received[0]).toMatchObject({
    authorization: "Bearer token",
    "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});
