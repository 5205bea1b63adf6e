import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BreakerOpen, createBreaker } from "./breaker.ts";

const REST_MS = 50;
const fail =
  (message = "down") =>
  () =>
    Promise.reject(new Error(message));
const succeed = async () => "done";

function setup(isFailure?: (error: unknown) => boolean) {
  const onChange = vi.fn<(isOpen: boolean) => void>();
  const breaker = createBreaker({ failures: 2, retryAfterMs: REST_MS, isFailure, onChange });
  const failTimes = async (times: number) => {
    for (let n = 0; n < times; n += 1) await breaker.run(fail()).catch(() => {});
  };
  return { breaker, onChange, failTimes };
}

// A busy machine may take longer between two lines than a breaker rests.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("createBreaker", () => {
  it("tries nothing after failures in a row, and says so once", async () => {
    const { breaker, onChange, failTimes } = setup();
    await failTimes(1);
    expect(await breaker.run(succeed)).toBe("done");
    await failTimes(1);
    expect(onChange).not.toHaveBeenCalled();
    await failTimes(1);
    const work = vi.fn(succeed);
    await expect(breaker.run(work)).rejects.toThrow(BreakerOpen);
    expect(work).not.toHaveBeenCalled();
    expect(onChange.mock.calls).toEqual([[true]]);
  });

  it("lets one probe through after the rest, and refuses the others meanwhile", async () => {
    const { breaker, onChange, failTimes } = setup();
    await failTimes(2);
    vi.advanceTimersByTime(REST_MS);
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = breaker.run(() => promise);
    await expect(breaker.run(succeed)).rejects.toThrow(BreakerOpen);
    resolve("back");
    expect(await probe).toBe("back");
    expect(await breaker.run(succeed)).toBe("done");
    expect(onChange.mock.calls).toEqual([[true], [false]]);
  });

  it("stays open when the probe fails", async () => {
    const { breaker, onChange, failTimes } = setup();
    await failTimes(2);
    vi.advanceTimersByTime(REST_MS);
    await expect(breaker.run(fail("still down"))).rejects.toThrow("still down");
    await expect(breaker.run(succeed)).rejects.toThrow(BreakerOpen);
    expect(onChange.mock.calls).toEqual([[true]]);
  });

  it("does not count what says nothing about its subject", async () => {
    const { breaker, failTimes } = setup((error) => (error as Error).message !== "gone");
    await failTimes(1);
    for (let n = 0; n < 5; n += 1) await expect(breaker.run(fail("gone"))).rejects.toThrow("gone");
    expect(await breaker.run(succeed)).toBe("done");
  });
});
