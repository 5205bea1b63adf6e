import { afterEach, describe, expect, it } from "vitest";
import { startManagement } from "./management.ts";
import { createMetrics } from "./metrics.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((management) => management.close())));

async function manage(ready: () => boolean | Promise<boolean>) {
  const management = await startManagement(0, { ready, metrics: createMetrics() });
  open.push(management);
  const get = (path: string) => fetch(`http://127.0.0.1:${management.port}${path}`);
  return { get, status: async (path: string) => (await get(path)).status };
}

describe("startManagement", () => {
  it("tells alive, started and ready apart", async () => {
    const state = { ready: false };
    const { status } = await manage(() => state.ready);
    const all = () => Promise.all(["/livez", "/startupz", "/readyz"].map(status));
    expect(await all()).toEqual([200, 503, 503]);
    state.ready = true;
    expect(await all()).toEqual([200, 200, 200]);
    state.ready = false;
    expect(await all()).toEqual([200, 200, 503]);
  });

  it("is not ready when the check throws", async () => {
    const { status } = await manage(() => Promise.reject(new Error("away")));
    expect(await status("/readyz")).toBe(503);
  });

  it("gives metrics in Prometheus' format, and 404 for anything else", async () => {
    const { get, status } = await manage(() => true);
    expect(await (await get("/metrics")).text()).toContain("process_cpu_seconds_total");
    expect(await status("/none")).toBe(404);
  });
});
