import { expect, it } from "vitest";
import { pauseMs } from "./pause.ts";

const pausesAfter = (failures: number, growth: Parameters<typeof pauseMs>[1]) =>
  Array.from({ length: 200 }, () => pauseMs(failures, growth));

it("doubles up to its most, and differs from device to device", () => {
  const growth = { firstMs: 1000, mostMs: 8000 };
  const least = [0, 1, 2, 3, 4, 1e6].map((failures) => {
    const pauses = pausesAfter(failures, growth);
    expect(new Set(pauses).size).toBeGreaterThan(100);
    expect(Math.max(...pauses)).toBeLessThan(1.5 * Math.min(...pauses));
    return Math.floor(Math.min(...pauses) / 1000) * 1000;
  });
  expect(least).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
});

it("is never shorter than was asked for, also where that is more than the most", () => {
  for (const failures of [0, 1, 9]) {
    const pauses = pausesAfter(failures, { firstMs: 600_000, mostMs: 60_000 });
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(600_000);
    expect(Math.max(...pauses)).toBeLessThan(900_000);
  }
});
