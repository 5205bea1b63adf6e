import type { AuditEvent } from "@mobile-ai-agent/audit-log";
import type { Approval } from "@mobile-ai-agent/contracts";
import type { NewApproval, Run, StoredApproval } from "@mobile-ai-agent/conversation-store";
import { expect, it } from "vitest";
import type { RunGuard } from "./run-guard.ts";
import type { RunTools } from "./run-tools.ts";
import { createToolGate, type ToolGateOptions } from "./tool-gate.ts";
import type { Tool } from "./tools/tool.ts";

const TOOL: Tool = {
  ...{ server: "mail", tool: "send_email", hash: "h", risk: "outbound", isInside: false },
  definition: { name: "mail__send_email", description: "", parameters: {} },
};
const CALL = { id: "1", name: "mail__send_email", arguments: '{"to":"ann@example.org"}' };

/** A gate before test doubles of the stores, in which the user has decided, and what happened in its order. */
function gateWhere(status: Approval["status"], store: (event: AuditEvent) => Promise<void>) {
  const happened: string[] = [];
  const recorded: AuditEvent[] = [];
  let asked: StoredApproval | undefined;
  const approvals = {
    get: async () => asked,
    request: async ({ callHash, expiresAt, userId }: NewApproval) => {
      const approval = { status, expires_at: expiresAt.toISOString() } as Approval;
      asked = { approval, userId, callHash };
      return asked;
    },
    claim: async () => happened.push("claimed") > 0,
    consume: async () => {},
  };
  const tools = {
    find: () => TOOL,
    call: async () => {
      happened.push("called");
      return "done";
    },
  };
  const gate = createToolGate({
    ...{ run: { id: "run", userId: "ann" } as Run, isTainted: false, now: () => 0 },
    ...{
      tools: tools as unknown as RunTools,
      guard: { read: (text: string) => text } as unknown as RunGuard,
    },
    store: { approvals, runs: { addStep: async () => {} } } as unknown as ToolGateOptions["store"],
    events: { publish: async () => {} } as unknown as ToolGateOptions["events"],
    audit: {
      record: (event) => void recorded.push(event),
      async store(event) {
        await store(event);
        recorded.push(event);
        happened.push("on record");
      },
    },
    onAsk() {},
    policy: { classes: new Set(["outbound"] as const), seconds: 60 },
    position: () => ({ said: "", sequence: 0 }),
  });
  const perform = () =>
    gate.perform({ text: "", calls: [CALL], results: [] }, 1, new AbortController().signal);
  return { perform, happened, recorded };
}

it("makes a call that was approved only when that is on record", async () => {
  const gate = gateWhere("approved", async () => {});
  expect((await gate.perform())?.results).toEqual(["done"]);
  expect(gate.happened).toEqual(["on record", "claimed", "called"]);
  expect(gate.recorded).toEqual([
    {
      ...{ action: "tool.approved", actor: { kind: "user", id: "ann" }, outcome: "success" },
      subject: { kind: "run", id: "run" },
      details: { tool: "mail__send_email", arguments: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  ]);
});

it("leaves the call for later when that can't be on record", async () => {
  const gate = gateWhere("approved", () => Promise.reject(new Error("the database is away")));
  await expect(gate.perform()).rejects.toThrow("the database is away");
  expect(gate.happened).toEqual([]);
});

it.each([
  ["refused", { kind: "user", id: "ann" }],
  ["expired", { kind: "run", id: "run" }],
] as const)("records that a call was %s, and does not make it", async (status, actor) => {
  const gate = gateWhere(status, async () => {});
  expect((await gate.perform())?.results[0]).toMatch(/^error:/);
  expect(gate.happened).toEqual([]);
  expect(gate.recorded).toMatchObject([{ action: "tool.refused", actor, outcome: "denied" }]);
});
