import { listen } from "./listen.ts";
import type { Metrics } from "./metrics.ts";

/**
 * Serves the probes and the metrics on a port of their own: `/livez` (200 while the process turns), `/startupz` (200
 * since it was ready for the first time), `/readyz` (200 while it is) and `/metrics`.
 *
 * @param port 0 for any free one
 */
export async function startManagement(
  port: number,
  { ready, metrics }: { ready: () => boolean | Promise<boolean>; metrics: Metrics },
): Promise<{ port: number; close(): Promise<void> }> {
  let started = false;
  const isReady = async () => {
    const now = await Promise.resolve()
      .then(ready)
      .catch(() => false);
    started ||= now;
    return now;
  };
  const pages: Record<string, () => Promise<{ status: number; body: string; type?: string }>> = {
    "/livez": async () => ({ status: 200, body: "ok\n" }),
    "/startupz": async () => verdict(started || (await isReady())),
    "/readyz": async () => verdict(await isReady()),
    "/metrics": async () => ({
      status: 200,
      body: await metrics.registry.metrics(),
      type: metrics.registry.contentType,
    }),
  };
  const { port: actual, close } = await listen(async (request, response) => {
    const page = pages[request.url?.split("?")[0] ?? ""];
    const answer = page && (await page().catch(() => ({ status: 500, body: "failed\n", type: undefined })));
    response.statusCode = answer?.status ?? 404;
    response.setHeader("content-type", answer?.type ?? "text/plain; charset=utf-8");
    response.end(answer?.body ?? "not found\n");
  }, port);
  return { port: actual, close };
}

function verdict(ok: boolean): { status: number; body: string; type?: string } {
  return ok ? { status: 200, body: "ok\n" } : { status: 503, body: "not ready\n" };
}
