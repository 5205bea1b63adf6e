import type { RunEvent } from "@mobile-ai-agent/contracts";
import { ACKNOWLEDGE_MS, type PlatformSocket } from "./platform-socket.ts";

export interface FollowOptions {
  /** Sequence number of the last event that is known. */
  readonly after: number;
  /** @param anew whether the run's log was begun anew: what was streamed before is to be forgotten */
  readonly onToken: (text: string, anew: boolean) => void;
  readonly signal: AbortSignal;
}

const AGAIN_MS = 2000;

/**
 * Follows a run from the event after `after` to its end, as docs/socket-protocol.md says.
 *
 * @returns the text of the tokens after `after`; all of it when the log was begun anew
 * @throws when the run fails or is not the user's, or the signal's reason
 */
export async function followRun(
  socket: PlatformSocket,
  runId: string,
  { after, onToken, signal }: FollowOptions,
): Promise<string> {
  let sequence = after;
  let text = "";
  let anew = false;
  let subscribing = false;
  let over = false;
  let again: NodeJS.Timeout | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<string>();

  function subscribe(): void {
    clearTimeout(again);
    if (subscribing) return;
    subscribing = true;
    const asked = sequence;
    // Not awaited: the events may come with the acknowledgement, before anything that waits for it goes on.
    socket.timeout(ACKNOWLEDGE_MS).emit("run:subscribe", { runId, after: asked }, (lost, reply) => {
      subscribing = false;
      if (over) return;
      if (lost || reply.error?.code === "limited" || reply.error?.code === "unavailable")
        again = setTimeout(subscribe, AGAIN_MS);
      else if (reply.error) reject(new Error(`the answer can't be followed: ${reply.error.message}`));
      else if (reply.data.after !== asked) {
        sequence = reply.data.after;
        text = "";
        anew = true;
      }
    });
  }

  function onEvent(event: RunEvent): void {
    if (event.runId !== runId || event.sequence <= sequence) return;
    // Some are missing: the platform sends them again.
    if (event.sequence > sequence + 1) {
      subscribe();
      return;
    }
    sequence = event.sequence;
    if (event.kind === "failed") reject(new Error(`the agent could not answer: ${event.reason}`));
    if (event.kind === "completed" || event.kind === "cancelled") resolve(text);
    if (event.kind !== "token") return;
    text += event.text;
    onToken(event.text, anew);
    anew = false;
  }

  function onConnect(): void {
    // What was asked on the connection before may never be answered.
    subscribing = false;
    subscribe();
  }

  const onAbort = () => reject(signal.reason);
  socket.on("run:event", onEvent);
  socket.on("connect", onConnect);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    subscribe();
    return await promise;
  } finally {
    over = true;
    clearTimeout(again);
    socket.off("run:event", onEvent);
    socket.off("connect", onConnect);
    signal.removeEventListener("abort", onAbort);
  }
}
