import { createHash } from "node:crypto";

/** What the hash of the first part goes on from. */
export function firstHash(runId: string): string {
  return digest(`mobile-ai-agent run record 1\n${runId}`);
}

/** SHA-256 over the hash of the part before and the body: the last one vouches for all. */
export function nextHash(previous: string, body: string): string {
  return digest(`${previous}\n${body}`);
}

/** SHA-256 in hex. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
