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
  const expires_at = "2026-01-01T13:00:00.000Z";
  const end = Date.parse(expires_at);
  const waits = { status: "pending", expires_at } as const;
  expect(fateOf(waits, false, end - 1)).toBeUndefined();
  expect(fateOf(waits, false, end)).toMatch(/^Expired/);
  expect(fateOf(waits, true, end - 1)).toMatch(/ended before anybody decided/);
  const outcome = "The call was approved before";
  expect(fateOf({ ...waits, outcome }, false, end - 1)).toBe("The call was approved before.");
  expect(fateOf({ status: "expired", expires_at }, false, end - 1)).toMatch(/^Expired/);
  expect(fateOf({ status: "refused", expires_at }, false, end - 1)).toMatch(/^Refused/);
  expect(fateOf({ status: "approved", expires_at }, true, end + 1)).toBe("Approved.");
});
