import type { ChainStore } from "./chain-store.ts";
import { type Checkpoint, hashOf, NOTHING_BEFORE } from "./entry.ts";
import type { AuditKeys } from "./keys.ts";

/** Far more than writers could collide at one moment. */
const MAX_ATTEMPTS = 1000;

/** An entry's or a checkpoint's. */
export interface Place {
  readonly sequence: number;
  readonly hash: string;
}

/** Tells, in the one chain of checkpoints, how far the chain of this process has come. */
export interface Checkpointer {
  /** The last checkpoint of all, as far as is known; of nobody when its sequence is 0. */
  last(): Promise<Place>;
  /**
   * Writes a checkpoint of what this process itself has stored: what others have done to the database is not vouched for.
   *
   * @returns its place, and whether this process's own one before is gone, as after a restore or a theft
   */
  write(head: Place): Promise<Place & { priorIsGone: boolean }>;
}

export function createCheckpointer(store: ChainStore, keys: AuditKeys, chain: string): Checkpointer {
  let known: Place | undefined;
  let prior: Place | undefined;

  async function last(): Promise<Place> {
    known ??= placeOf(await store.lastCheckpoint());
    return known;
  }

  async function sealed(head: Place, previous: Place): Promise<Checkpoint> {
    const unsigned = {
      ...{ sequence: previous.sequence + 1, time: new Date().toISOString(), chain, head },
      ...(prior && { prior }),
      ...{ previous: previous.hash, key: keys.id },
    };
    const hash = hashOf("checkpoint", unsigned);
    return { ...unsigned, hash, signature: await keys.sign(hash) };
  }

  return {
    last,

    async write(head) {
      const before = prior;
      const priorIsGone =
        before !== undefined && (await store.checkpoint(before.sequence))?.hash !== before.hash;
      // Numbers have been taken back: those that come have to follow what is there.
      if (priorIsGone) known = undefined;
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const checkpoint = await sealed(head, await last());
        if (await store.addCheckpoint(checkpoint)) {
          known = prior = placeOf(checkpoint);
          return { ...known, priorIsGone };
        }
        // By number, which every database finds by its index; gone again, it was taken away just now.
        const found = await store.checkpoint(checkpoint.sequence);
        known = found && placeOf(found);
      }
      throw new Error(`${MAX_ATTEMPTS} other checkpoints came first`);
    },
  };
}

function placeOf(checkpoint: Checkpoint | undefined): Place {
  return checkpoint
    ? { sequence: checkpoint.sequence, hash: checkpoint.hash }
    : { sequence: 0, hash: NOTHING_BEFORE };
}
