import type { UserEvent } from "@mobile-ai-agent/contracts";
import { LRUCache } from "lru-cache";

/** Some 200 bytes each. */
const MAX_RUNS = 20_000;

/**
 * Whose runs are, as far as this process has heard; that never changes. Devices that lost their replica come back by the
 * thousand, each to go on with its run, and need not all have it looked up.
 */
export interface RunOwners {
  /** False for a run that this process has not heard of, too. */
  isOf(userId: string, runId: string): boolean;
  add(userId: string, runId: string): void;
  /** Learns from what a user's devices are told of. */
  hear(userId: string, event: UserEvent): void;
}

export function createRunOwners(): RunOwners {
  const owners = new LRUCache<string, string>({ max: MAX_RUNS });
  const add = (userId: string, runId: string) => void owners.set(runId, userId);
  return {
    isOf: (userId, runId) => owners.get(runId) === userId,
    add,
    hear(userId, event) {
      const runId = startedBy(event);
      if (runId !== undefined) add(userId, runId);
    },
  };
}

/** @returns the run that this event tells the beginning of */
function startedBy({ name, payload }: UserEvent): string | undefined {
  if (name === "message:created") return payload.runId;
  if (name !== "conversation:changed") return undefined;
  const { change } = payload;
  if (change.kind === "edit") return change.message.run_id;
  return change.kind === "regeneration" ? change.run_id : undefined;
}
