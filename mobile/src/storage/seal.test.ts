import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { open, seal } from "./seal.ts";

const key = randomBytes(32);
const plain = new TextEncoder().encode("Why is the sky blue?");

it("opens what it sealed", () => {
  expect(open(key, "outbox.1", seal(key, "outbox.1", plain, randomBytes(12)))).toEqual(plain);
});

it("refuses another key, another name and a changed byte", () => {
  const sealed = seal(key, "outbox.1", plain, randomBytes(12));
  expect(() => open(randomBytes(32), "outbox.1", sealed)).toThrow();
  expect(() => open(key, "outbox.2", sealed)).toThrow();
  sealed[20] = (sealed[20] as number) ^ 1;
  expect(() => open(key, "outbox.1", sealed)).toThrow();
});

it("shows nothing of the plain text", () => {
  expect(Buffer.from(seal(key, "outbox.1", plain, randomBytes(12))).includes("sky")).toBe(false);
});
