import { EventEmitter } from "node:events";
import type { Request, Response } from "express";
import { afterEach, expect, it, vi } from "vitest";
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
