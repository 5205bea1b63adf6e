import { setTimeout as delay } from "node:timers/promises";

/**
 * Repeats a check until it neither throws nor gives `false`, `null` or `undefined`.
 *
 * @returns what the check gave
 * @throws the check's last error, or that it never held, after `timeoutMs` (10 s)
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 25 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      if (value !== undefined && value !== null && value !== false) {
        return value as NonNullable<Exclude<T, false>>;
      }
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= deadline) {
      throw failure ?? new Error(`the condition did not hold within ${timeoutMs} ms`);
    }
    await delay(intervalMs);
  }
}
