import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGateway } from "../testing/start-gateway.ts";

let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

const get = (path: string, headers: Record<string, string> = {}) => fetch(gateway.base + path, { headers });
const addressesOf = (html: string) =>
  [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = ""]) => path);

describe("GET /api/docs", () => {
  it("is a page without a script or style in it, and with a policy that would refuse them", async () => {
    const response = await get("/api/docs");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it("names its files by their contents, for a year, and answers 304 to who has them", async () => {
    const page = await get("/api/docs");
    const etag = page.headers.get("etag") ?? "";
    expect(page.headers.get("cache-control")).toBe("no-cache");
    // Without it, fetch asks for a fresh answer.
    const revalidate = { "if-none-match": etag, "cache-control": "max-age=0" };
    expect((await get("/api/docs", revalidate)).status).toBe(304);
    const addresses = addressesOf(await page.text());
    expect(addresses).toHaveLength(3);
    for (const address of addresses) {
      const file = await get(address);
      expect(file.status, address).toBe(200);
      expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(file.headers.get("x-content-type-options")).toBe("nosniff");
      const [plain, compressed] = await Promise.all([
        get(address, { "accept-encoding": "identity" }).then((response) => response.text()),
        file.text(),
      ]);
      expect(file.headers.get("content-encoding")).toBe("gzip");
      expect(compressed).toBe(plain);
    }
  });

  it("keeps nothing of a version that it doesn't have, and has no other file", async () => {
    const other = await get("/api/docs/other/start.js");
    expect(other.status).toBe(200);
    expect(other.headers.get("cache-control")).toBe("no-cache");
    for (const path of [
      "/api/docs/other/index.html",
      "/api/docs/other/..%2f..%2fpackage.json",
      "/api/docs/x",
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });
});
