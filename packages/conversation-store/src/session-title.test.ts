import { expect, it } from "vitest";
import { titleOf } from "./session-title.ts";
import { snippetOf } from "./text-search.ts";

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

it("shows the words around a hit", () => {
  expect(snippetOf("The sky is BLUE", "blue")).toBe("The sky is BLUE");
  expect(snippetOf("The sky is blue", "green")).toBeUndefined();
  expect(snippetOf("a.c", ".*")).toBeUndefined();
  const long = `${"before ".repeat(40)}needle ${"after ".repeat(60)}`;
  expect(snippetOf(long, "NEEDLE")).toMatch(/^…(before )+needle( after)+…$/);
  expect(snippetOf(`${"\u{1f600}".repeat(50)}x${"\u{1f600}".repeat(90)}`, "x")?.isWellFormed()).toBe(true);
});
