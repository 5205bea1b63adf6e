import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSecretBox } from "./secret-box.ts";

const [old, current] = [randomBytes(32), randomBytes(32)];

describe("createSecretBox", () => {
  it("opens what it has sealed, also with a newer key in front, and never seals twice alike", () => {
    const before = createSecretBox([old]);
    const sealed = before.seal("JBSWY3DP", "ann");
    expect(sealed).not.toContain("JBSWY3DP");
    expect(before.seal("JBSWY3DP", "ann")).not.toBe(sealed);
    const after = createSecretBox([current, old]);
    expect(after.open(sealed, "ann")).toBe("JBSWY3DP");
    expect(() => before.open(after.seal("JBSWY3DP", "ann"), "ann")).toThrow(/key .{8}, which is not there/);
  });

  it("opens what is in databases already", () => {
    const stored = "00L6Q43l.iSCK9Jq_mTq2B4PR0uRFeukyOTjshELSCFo9eRP5n9otaJ8Z";
    expect(createSecretBox([Buffer.alloc(32, 1)]).open(stored, "ann")).toBe("JBSWY3DP");
  });

  it("refuses what is another's, and what was changed", () => {
    const box = createSecretBox([current]);
    const sealed = box.seal("JBSWY3DP", "ann");
    expect(() => box.open(sealed, "bob")).toThrow();
    const [id, body = ""] = sealed.split(".");
    const bytes = Buffer.from(body, "base64url");
    for (const at of [0, 13, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => box.open(`${id}.${changed.toString("base64url")}`, "ann")).toThrow();
    }
    expect(() => box.open(`${id}.`, "ann")).toThrow();
  });
});
