import { expect, it } from "vitest";
import { argumentLines, explainRisk, fateOf } from "./approval-text.ts";

it("shows the arguments as they are sent, with what can't be seen written out", () => {
  const json = JSON.stringify({ to: "ann@example.org\u202egro.live", body: "Hello\u200b\nAnn" });
  expect(argumentLines({ arguments: json })).toEqual([
    "{",
    '  "to": "ann@example.org\\u{202e}gro.live",',
    '  "body": "Hello\\u{200b}\\nAnn"',
    "}",
  ]);
});

it("warns when somebody else may speak through the agent", () => {
  expect(explainRisk({ risk: "outbound", tainted: true })).toMatch(
    /send something out.*may have been misled/,
  );
  expect(explainRisk({ risk: "write", tainted: false })).not.toMatch(/misled/);
});

it("says what has become of a call that can be decided no more", () => {
  const waits = { status: "pending" } as const;
  expect(fateOf(waits, false)).toBeUndefined();
  expect(fateOf(waits, true)).toMatch(/ended before anybody decided/);
  expect(fateOf({ ...waits, outcome: "The call was approved before" }, false)).toBe(
    "The call was approved before.",
  );
  expect(fateOf({ status: "expired" }, false)).toMatch(/^Expired/);
  expect(fateOf({ status: "refused" }, false)).toMatch(/^Refused/);
  expect(fateOf({ status: "approved" }, true)).toBe("Approved.");
});
