import { expect, it } from "vitest";
import { sinceWhen } from "./since-when.ts";
import { titleOf } from "./title.ts";

it.each([
  ["Why is the sky blue?", "Why is the sky blue?"],
  ["  First line\nsecond", "First line"],
  ["", "A picture"],
  [`${"word ".repeat(20)}`, "word word word word word word word word word word word…"],
  ["🙂".repeat(80), `${"🙂".repeat(59)}…`],
])("calls %j %j", (text, title) => {
  expect(titleOf(text)).toBe(title);
});

it.each([
  ["2026-03-10T11:59:40Z", "Just now"],
  ["2026-03-10T11:18:00Z", "42 min ago"],
  ["2026-03-10T03:00:00Z", "9 h ago"],
  ["2026-03-09T03:00:00Z", "Yesterday"],
  ["2026-03-06T03:00:00Z", "4 days ago"],
  // A device's clock may be behind.
  ["2026-03-10T12:05:00Z", "Just now"],
])("says when %s was", (then, words) => {
  expect(sinceWhen(new Date(then), new Date("2026-03-10T12:00:00Z"))).toBe(words);
});
