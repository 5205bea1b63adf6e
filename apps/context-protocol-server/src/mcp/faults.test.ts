import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { createLogger } from "@mobile-ai-agent/service-kit";
import { ResourceNotFoundError } from "@modelcontextprotocol/server";
import { expect, it } from "vitest";
import { sheltered, ToolFault } from "./faults.ts";

const caller = { store: {} as ConversationStore, userId: "user", logger: createLogger("test", "none") };
const failing = (error: Error) =>
  sheltered(caller, async () => {
    throw error;
  })();

it("keeps our own failures from callers", async () => {
  await expect(failing(new Error("connect ECONNREFUSED mongodb:27017"))).rejects.toThrow(/^something failed/);
});

it.each([new ToolFault("there is no such session"), new ResourceNotFoundError("context://x")])(
  "tells callers of their own: %s",
  async (fault) => {
    await expect(failing(fault)).rejects.toBe(fault);
  },
);
