import type { Logger } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { z } from "zod";
import { countDocuments, eraseDocuments } from "./erase-documents.ts";
import { createErasures, doneId, type ErasureDocument, type StoreCount } from "./erasures.ts";
import { isCollection, type Owner, STORES, type Store } from "./stores.ts";

const seconds = (fallback: number) => z.coerce.number("must be seconds").positive().default(fallback);

/** What a service takes that owns stores of users. */
export const erasureConfig = z.object({
  ERASURE_POLL: seconds(10).describe("seconds between looks for users to be erased"),
  ERASURE_GRACE: seconds(120).describe(
    "seconds after a request until its part is called done: longer than keys stay in memory, and than requests take",
  ),
});

/** Of a store that is no collection. Both are idempotent. */
export interface Eraser {
  count(userId: string): Promise<number>;
  erase(userId: string): Promise<void>;
}

/** What every service has for it. */
export interface PartContext {
  readonly db: Db;
  readonly config: z.infer<typeof erasureConfig>;
  readonly logger: Logger;
}

export interface Participation {
  /** Removes what this service has of a user, now. */
  sweep(erasure: ErasureDocument): Promise<void>;
  close(): Promise<void>;
}

/**
 * Takes a service's part in erasures: looks for them, removes what the service keeps, and notes what it found and that
 * nothing is left. It removes again until the grace is over, for writers that were under way. Every replica does, and any
 * may be killed: each step can be repeated.
 *
 * @param options.others how to erase the service's stores that are no collections, by name
 * @param options.prepare what has to happen before documents go
 * @param options.onSwept called at each look, for each erasure that this service has done its part in
 * @throws Error for a store in the list that nobody can erase
 */
export function takePart(
  options: PartContext & {
    owner: Owner;
    others?: Readonly<Record<string, Eraser>>;
    prepare?: (userId: string) => Promise<void>;
    onSwept?: (erasure: ErasureDocument) => Promise<void>;
  },
): Participation {
  const { db, owner, config, logger, others = {}, prepare, onSwept } = options;
  const erasures = createErasures(db);
  const mine = STORES.filter((store) => store.owner === owner && store.fate === "erased");
  // They are found by what documents say.
  const inOrder = [...mine.filter((one) => !isCollection(one)), ...mine.filter(isCollection)].map(
    (store) => ({
      store,
      ...eraserOf(db, store, others),
    }),
  );

  const countAll = async (userId: string): Promise<StoreCount[]> => {
    const counts = [];
    for (const { store, count } of inOrder) {
      counts.push({ kind: store.kind, store: store.name, count: await count(userId) });
    }
    return counts;
  };

  async function sweep({ _id: userId, requested_at }: ErasureDocument): Promise<void> {
    const isOver = Date.now() >= requested_at.getTime() + config.ERASURE_GRACE * 1000;
    await erasures.noteFound(userId, owner, await countAll(userId));
    await prepare?.(userId);
    for (const { erase } of inOrder) await erase(userId);
    if (!isOver) return;
    const counts = await countAll(userId);
    if (counts.every(({ count }) => count === 0)) await erasures.noteDone(userId, owner, { counts });
  }

  async function look(): Promise<void> {
    for (const erasure of await erasures.list({ pendingOnly: true })) {
      try {
        const notes = await erasures.notesOf(erasure._id);
        const isDone = notes.some(({ _id }) => _id === doneId(erasure._id, owner));
        if (isDone) await onSwept?.(erasure);
        else await sweep(erasure);
      } catch (error) {
        logger.warn("an erasure failed; it is tried again", { user_id: erasure._id, error });
      }
    }
  }

  let looking: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    looking = look()
      .catch((error) => void logger.warn("erasures can't be looked for; tried again", { error }))
      .finally(() => {
        busy = false;
      });
  }, config.ERASURE_POLL * 1000);

  return {
    sweep,
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}

function eraserOf(db: Db, store: Store, others: Readonly<Record<string, Eraser>>): Eraser {
  if (isCollection(store)) {
    return {
      count: (userId) => countDocuments(db, store, userId),
      erase: async (userId) => void (await eraseDocuments(db, store, userId)),
    };
  }
  const eraser = others[store.name];
  if (eraser === undefined) throw new Error(`${store.owner} can't erase ${store.kind} ${store.name}`);
  return eraser;
}
