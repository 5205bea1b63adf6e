import { expect, it } from "vitest";
import { pauseMs } from "./pause.ts";

it("doubles up to its most, and differs from device to device", () => {
  const growth = { firstMs: 1000, mostMs: 8000 };
  const most = [0, 1, 2, 3, 4, 1e6].map((failures) => {
    const pauses = Array.from({ length: 200 }, () => pauseMs(failures, growth));
    expect(new Set(pauses).size).toBeGreaterThan(100);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(Math.max(...pauses) / 2.01);
    return Math.ceil(Math.max(...pauses) / 1000) * 1000;
  });
  expect(most).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
});
