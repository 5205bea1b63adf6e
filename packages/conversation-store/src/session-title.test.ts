import { expect, it } from "vitest";
import { titleOf } from "./session-title.ts";

const title = (content: string, type: "text" | "image" | "audio" = "text") => titleOf({ type, content });

it("calls a session after the first line of its first message", () => {
  expect(title("  Why is   the sky blue?\nI wonder.")).toBe("Why is the sky blue?");
  expect(title("", "image")).toBe("A picture");
  expect(title(" \n", "audio")).toBe("A recording");
  expect(title("\u00a0")).toBe("Untitled");
});

it("cuts between words, and never within a character", () => {
  expect(title(`${"word ".repeat(30)}`)).toBe(`${"word ".repeat(10)}word…`);
  expect(title("\u{1f600}".repeat(80))).toBe(`${"\u{1f600}".repeat(59)}…`);
});
