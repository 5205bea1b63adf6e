import type { Change } from "@mobile-ai-agent/contracts";
import type { MessageContents } from "./message-contents.ts";
import type { MessageDocument } from "./message-documents.ts";
import type { Standing } from "./standing.ts";

/** What a device that keeps up is told of an entry: nothing of what is superseded or deleted by now. */
export async function toChange(
  document: MessageDocument,
  standing: Standing,
  contents: MessageContents,
): Promise<Change> {
  const { sequence, change, target: message_id = "", from = 0, run_id } = document;
  if (change === "deletion") return { sequence, kind: "deletion", message_id };
  if (change === "regeneration") return { sequence, kind: "regeneration", message_id, run_id, from };
  if (!standing.isCurrent(document)) {
    return change === "edit" ? { sequence, kind: "cut", from } : { sequence, kind: "gone" };
  }
  const message = await contents.toMessage(document);
  return change === "edit"
    ? { sequence, kind: "edit", from, message }
    : { sequence, kind: "message", message };
}
