import { expect, it } from "vitest";
import { createTurnstile, Overloaded } from "./turnstile.ts";

const never = new AbortController().signal;

/** Enters as each user in turn, and notes who gets in; whoever is in stays until `leave`. */
function visit(options: { places: number; waiting: number }) {
  const turnstile = createTurnstile(options);
  const inside: string[] = [];
  const leaves: (() => void)[] = [];
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    inside,
    /** @param visitor `user` and a number, such as `a1` */
    enter(visitor: string, signal = never) {
      const entering = turnstile.enter(signal, visitor.slice(0, 1)).then((leave) => {
        inside.push(visitor);
        leaves.push(leave);
      });
      entering.catch(() => {});
      return entering;
    },
    async leave(times = 1) {
      await settled();
      for (; times > 0; times--) {
        leaves.shift()?.();
        await settled();
      }
      await settled();
    },
  };
}

it("lets users in by turns, and each one's requests in their order", async () => {
  const { enter, leave, inside } = visit({ places: 1, waiting: 10 });
  for (const visitor of ["a0", "a1", "a2", "a3", "b1", "b2", "c1"]) enter(visitor);
  await leave(7);
  expect(inside).toEqual(["a0", "a1", "b1", "c1", "a2", "b2", "a3"]);
});

it("gives a place back once, and to nobody when nobody waits", async () => {
  const turnstile = createTurnstile({ places: 1, waiting: 0 });
  const leave = await turnstile.enter(never);
  leave();
  leave();
  await turnstile.enter(never);
  await expect(turnstile.enter(never)).rejects.toThrow(Overloaded);
});

it("forgets who gave up", async () => {
  const { enter, leave, inside } = visit({ places: 1, waiting: 2 });
  const gone = new AbortController();
  enter("a0");
  const waits = enter("a1", gone.signal);
  enter("b1");
  await expect(enter("b2")).rejects.toThrow(Overloaded);
  gone.abort(new Error("the client went away"));
  await expect(waits).rejects.toThrow("the client went away");
  enter("b2");
  await leave(3);
  expect(inside).toEqual(["a0", "b1", "b2"]);
});

it("keeps no one out of a full queue who asks less than another", async () => {
  const { enter, leave, inside } = visit({ places: 1, waiting: 3 });
  enter("a0");
  enter("a1");
  enter("a2");
  const newest = enter("a3");
  enter("b1");
  await expect(newest).rejects.toThrow(Overloaded);
  // Now a has two and b one: fair enough.
  await expect(enter("b2")).rejects.toThrow(Overloaded);
  await expect(enter("a4")).rejects.toThrow(Overloaded);
  await leave(4);
  expect(inside).toEqual(["a0", "a1", "b1", "a2"]);
});
