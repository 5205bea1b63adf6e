import { EventEmitter, once } from "node:events";
import { get } from "node:http";
import express, { type Request, type Response } from "express";
import { afterEach, expect, it, vi } from "vitest";
import { listen } from "./listen.ts";
import { takeTurns } from "./turns.ts";

afterEach(() => vi.useRealTimers());

/** Asks for turns, by names; tells what became of each. */
function service(atOnce: number) {
  const handler = takeTurns(atOnce);
  const begun: string[] = [];
  const refused: unknown[] = [];
  return {
    begun,
    refused,
    ask(name: string) {
      const response = Object.assign(new EventEmitter(), { destroyed: false });
      const next = (error?: unknown) => {
        if (error === undefined) begun.push(name);
        else refused.push(error);
      };
      handler({} as Request, response as unknown as Response, next);
      /** Ends it, with an answer or without. */
      return () => {
        response.destroyed = true;
        response.emit("close");
      };
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it("begins so many at once, and the next in the order of their coming", async () => {
  const { begun, ask } = service(2);
  const [endOne] = ["one", "two", "three", "four"].map(ask);
  await settled();
  expect(begun).toEqual(["one", "two"]);
  endOne?.();
  await settled();
  expect(begun).toEqual(["one", "two", "three"]);
});

it("never begins one whose caller has gone while it waited", async () => {
  const { begun, ask } = service(1);
  const [endOne, endTwo] = ["one", "two", "three"].map(ask);
  await settled();
  endTwo?.();
  endOne?.();
  await settled();
  expect(begun).toEqual(["one", "three"]);
});

it("does not wait for ever", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { begun, ask } = service(1);
  for (const name of ["streamed", "next"]) ask(name);
  await settled();
  expect(begun).toEqual(["streamed"]);
  vi.advanceTimersByTime(5000);
  await settled();
  expect(begun).toEqual(["streamed", "next"]);
});

it("does not wait for who does not read its answer", async () => {
  const app = express();
  app.use(takeTurns(1));
  // More than the buffers of two sockets.
  app.get("/large", (_request, response) => void response.send(Buffer.alloc(20_000_000)));
  app.get("/small", (_request, response) => void response.send("small"));
  const { port, server, close } = await listen(app, 0);
  const unread = get({ port, path: "/large" });
  unread.on("error", () => {});
  await once(unread, "response");
  // After three seconds of waiting it would be 503.
  expect((await fetch(`http://127.0.0.1:${port}/small`)).status).toBe(200);
  unread.destroy();
  server.closeAllConnections();
  await close();
});

it("tells one that has waited too long when to come back", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { begun, refused, ask } = service(1);
  const endOne = ask("one");
  ask("two");
  await settled();
  vi.advanceTimersByTime(3001);
  ask("three");
  endOne();
  await settled();
  expect(refused).toMatchObject([{ status: 503, headers: { "Retry-After": "1" } }]);
  expect(begun).toEqual(["one", "three"]);
});

it("refuses at once when too many wait", async () => {
  const { ask } = service(1);
  for (let number = 0; number <= 500; number++) ask(`${number}`);
  expect(() => ask("too many")).toThrow(expect.objectContaining({ status: 503 }));
});
