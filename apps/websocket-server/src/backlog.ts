import { once } from "node:events";
import type { UserSocket } from "./socket-types.ts";

/** From so much on, a socket is behind: whoever can wait does. */
const BEHIND_BYTES = 64 * 1024;
/** So much is never kept for a socket that doesn't read. */
export const MAX_BACKLOG_BYTES = 1024 * 1024;

/** What this process keeps for a socket that has not been taken by the network yet. */
export interface Backlog {
  readonly bytes: number;
  /** Resolves when the socket is not behind, or when the signal is aborted. */
  caughtUp(signal: AbortSignal): Promise<void>;
}

interface Packet {
  readonly data?: string | Buffer;
}

/**
 * Counts what is on its way to a socket. One that is too far behind is cut: its device connects again, and asks for what
 * it lacks, of runs from the last event that it has.
 *
 * @param onCut called when that happens
 */
export function watchBacklog({ conn }: Pick<UserSocket, "conn">, onCut: () => void): Backlog {
  const { transport } = conn;
  /** Not given to the transport yet; given to it, and not written. It is given more only once all of that is written. */
  let [queued, flying] = [0, 0];
  let isCut = false;

  conn.on("packetCreate", ({ data }: Packet) => {
    queued += data === undefined ? 0 : Buffer.byteLength(data);
    if (isCut || queued + flying <= MAX_BACKLOG_BYTES) return;
    isCut = true;
    onCut();
    // Not `close`, which waits for the other side to read.
    (transport as unknown as { socket: { terminate(): void } }).socket.terminate();
  });
  conn.on("flush", () => {
    flying += queued;
    queued = 0;
  });
  transport.on("drain", () => {
    flying = 0;
  });

  return {
    get bytes() {
      return queued + flying;
    },
    async caughtUp(signal) {
      // The transport is ready again after it was given what had waited.
      while (queued + flying >= BEHIND_BYTES && !signal.aborted) {
        await once(transport, "ready", { signal }).catch(() => {});
      }
    },
  };
}
