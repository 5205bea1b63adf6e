import { expect, it } from "vitest";
import { createMemoryStore } from "../testing/memory-store.ts";
import { isLockOn, setLock } from "./lock.ts";

it("is on once it was turned on, also while nothing can be read", async () => {
  const blobs = createMemoryStore();
  const store = { ...blobs, get: () => Promise.reject(new Error("user interaction is not allowed")) };
  expect(await isLockOn(store)).toBe(false);
  await setLock(store, true);
  expect(await isLockOn(store)).toBe(true);
  await setLock(store, false);
  expect(await isLockOn(store)).toBe(false);
});
