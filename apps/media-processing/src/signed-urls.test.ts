import { randomUUID } from "node:crypto";
import { MediaContentQuery } from "@mobile-ai-agent/contracts";
import { expect, it } from "vitest";
import { createSignedUrls } from "./signed-urls.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1, 12, 3);

let now = START;
const signed = createSignedUrls("k".repeat(32), () => now);
const queryOf = (url: string) =>
  MediaContentQuery.parse(Object.fromEntries(new URL(url, "https://agent.test").searchParams));

it("hold for ten minutes at least and fifteen at most", () => {
  for (let offset = 0; offset < 6; offset++) {
    now = START + offset * MINUTE;
    const id = randomUUID();
    const { urls, expires } = signed.sign(id);
    const lifetime = expires * 1000 - now;
    expect(lifetime).toBeGreaterThan(9 * MINUTE);
    expect(lifetime).toBeLessThanOrEqual(15 * MINUTE);
    const query = queryOf(urls.full);
    now = expires * 1000 - 1;
    expect(signed.holds(id, query)).toBe(true);
    now = expires * 1000;
    expect(signed.holds(id, query)).toBe(false);
  }
});

it("are for one media, one variant and one time, and of one key", () => {
  now = START;
  const id = randomUUID();
  const query = queryOf(signed.sign(id).urls.full);
  expect(signed.holds(id, query)).toBe(true);
  expect(signed.holds(randomUUID(), query)).toBe(false);
  expect(signed.holds(id, { ...query, variant: "thumbnail" })).toBe(false);
  expect(signed.holds(id, { ...query, expires: query.expires + 60 })).toBe(false);
  expect(signed.holds(id, { ...query, signature: "" })).toBe(false);
  expect(createSignedUrls("l".repeat(32), () => now).holds(id, query)).toBe(false);
});
