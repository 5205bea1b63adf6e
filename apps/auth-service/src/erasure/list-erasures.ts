import { createErasures, waitingFor } from "@mobile-ai-agent/erasure";
import { connectMongo } from "@mobile-ai-agent/service-kit";
import type { AuthConfig } from "../config.ts";

/** @returns a line for each erasure, the oldest first: whose, since when, and what it waits for */
export async function listErasures(config: AuthConfig): Promise<string[]> {
  const mongo = await connectMongo(config, "auth-service-admin");
  try {
    const erasures = createErasures(mongo.db);
    const lines = [];
    for (const { _id: userId, requested_at, completed_at } of await erasures.list()) {
      const waiting = waitingFor(userId, await erasures.notesOf(userId));
      const state = completed_at
        ? `completed ${completed_at.toISOString()}`
        : `waits for ${waiting.join(", ") || "its certificate"}`;
      lines.push(`${userId} requested ${requested_at.toISOString()}, ${state}`);
    }
    return lines;
  } finally {
    await mongo.close();
  }
}
