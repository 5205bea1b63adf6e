import { expect, test } from "vitest";
import { dumpOrder } from "./references.ts";

test("what refers to others is read first", () => {
  const order = dumpOrder(["users", "messages", "sessions", "runs"]);
  expect(order).toEqual(["runs", "messages", "sessions", "users"]);
});

test("checkpoints of the audit log are read before its entries, so that none vouches for what is not there", () => {
  expect(dumpOrder(["audit_entries", "users", "audit_checkpoints"]).slice(0, 2)).toEqual([
    "audit_checkpoints",
    "audit_entries",
  ]);
});
