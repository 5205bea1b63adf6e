import type { TransitCipher } from "@mobile-ai-agent/content-cipher";
import type { RedisClient } from "@mobile-ai-agent/service-kit";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import type { Namespace } from "socket.io";

/** An entry of the stream by which the replicas tell each other what to emit. */
interface Entry {
  readonly uid: string;
  readonly nsp: string;
  readonly type: string;
  readonly data?: string;
}

/** The two ends of the adapter's way through Redis; the first is private to its types only. */
interface StreamEnds {
  encode(message: unknown): Entry;
  onRawMessage(entry: Entry, offset: string): void;
}

/**
 * Socket.IO's Redis Streams adapter, whose entries are sealed: they hold users' messages, and stay for long. What is not
 * sealed, or was changed, is not emitted.
 */
export function createSealedAdapter(redis: RedisClient, cipher: TransitCipher) {
  const create = createAdapter(redis, { onlyPlaintext: true });
  return sealedAdapter;

  /** Socket.IO calls it as a constructor. */
  function sealedAdapter(nsp: Namespace) {
    const adapter = create(nsp);
    const ends = adapter as unknown as StreamEnds;
    const [encode, onRawMessage] = [ends.encode.bind(adapter), ends.onRawMessage.bind(adapter)];
    ends.encode = (message) => {
      const entry = encode(message);
      return entry.data === undefined ? entry : { ...entry, data: cipher.seal(placeOf(entry), entry.data) };
    };
    ends.onRawMessage = (entry, offset) => {
      const opened = open(entry);
      if (opened !== undefined) onRawMessage(opened, offset);
    };
    return adapter;
  }

  function open(entry: Entry): Entry | undefined {
    if (entry.data === undefined) return entry;
    try {
      return { ...entry, data: cipher.open(placeOf(entry), entry.data) };
    } catch {
      return undefined;
    }
  }
}

const placeOf = ({ uid, nsp, type }: Entry) => ["socket.io", nsp, uid, type];
