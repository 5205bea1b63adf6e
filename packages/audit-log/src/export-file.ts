import { createHash } from "node:crypto";
import type { AuditKeys } from "./keys.ts";
import type { AuditSource, Selection } from "./source.ts";

/**
 * The log as JSON Lines: a heading with the public keys, the checkpoints, the entries, and an end that is signed over all
 * of it, so that a file can't be cut or completed. What was selected has no checkpoints: they would miss the rest.
 */
export async function* exportLines(
  source: AuditSource,
  { keys, selection }: { keys: AuditKeys; selection: Selection },
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  const line = (content: object) => {
    const text = `${JSON.stringify(content)}\n`;
    hash.update(text);
    return text;
  };
  const exported_at = new Date().toISOString();
  yield line({ audit_log: { format: 1, exported_at, selection, keys: keys.published } });
  if (!source.selected) {
    for await (const { value } of source.checkpoints()) yield line({ checkpoint: value });
  }
  for await (const { value } of source.entries()) yield line({ entry: value });
  const sha256 = hash.digest("hex");
  yield `${JSON.stringify({ end: { sha256, key: keys.id, signature: await keys.sign(sha256) } })}\n`;
}
