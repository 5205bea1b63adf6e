import { setTimeout as delay } from "node:timers/promises";

/** @throws Error when the promise is not settled in time; it goes on, and what becomes of it then is nobody's concern */
export function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  const tooLate = delay(ms, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${ms} ms`);
  });
  return Promise.race([promise, tooLate]);
}
