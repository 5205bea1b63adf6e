import { destroyDataKey } from "@mobile-ai-agent/content-cipher";
import type { ErasureStatement } from "@mobile-ai-agent/contracts";
import {
  createErasures,
  type Eraser,
  type ErasureDocument,
  type Erasures,
  type PartContext,
  statementOf,
  takePart,
  waitingFor,
} from "@mobile-ai-agent/erasure";
import type { Db } from "mongodb";
import type { LoginDelay, Target } from "../login-delay.ts";
import type { RefreshTokens } from "../refresh-tokens.ts";
import type { Users } from "../users.ts";

export interface AccountErasure {
  createIndexes(): Promise<void>;
  /**
   * Notes that a user is to be erased, closes the account, and destroys the key of what they said. What is left of this
   * is done later, whatever ends it midway.
   *
   * @returns a token that opens the status
   */
  request(userId: string): Promise<{ token: string; requestedAt: Date }>;
  /** @returns undefined for a token that was never given out */
  status(token: string): Promise<ErasureProgress | undefined>;
  close(): Promise<void>;
}

export interface ErasureProgress {
  readonly requestedAt: Date;
  readonly completedAt: Date | undefined;
  readonly waitingFor: readonly string[];
  /** Once it is complete. */
  readonly statement: ErasureStatement | undefined;
}

/** This service's part in erasures, and what is asked of them from outside. */
export function createAccountErasure(
  db: Db,
  parts: { users: Users; refreshTokens: RefreshTokens; loginDelay: LoginDelay },
  options: Pick<PartContext, "config" | "logger">,
): AccountErasure {
  const { users, refreshTokens, loginDelay } = parts;
  const erasures = createErasures(db);
  const attempts = attemptsOf(users, loginDelay);
  const participation = takePart({
    ...{ db, owner: "auth-service", ...options },
    others: { "login:account:": attempts },
    async prepare(userId) {
      await destroyDataKey(db, userId);
      // While the account still tells its names.
      await attempts.erase(userId);
      // Before their access ends, so that nobody signs in between.
      await users.remove(userId);
      await refreshTokens.endAccess(userId);
    },
    onSwept: (erasure) => completeWhenDone(erasures, erasure),
  });

  return {
    createIndexes: erasures.createIndexes,

    async request(userId) {
      const accepted = await erasures.request(userId);
      const erasure = { _id: userId, requested_at: accepted.requestedAt };
      await participation.sweep(erasure).catch((error) => {
        options.logger.error("an account could not be closed at once; it is tried again", {
          ...{ user_id: userId, error },
        });
      });
      return accepted;
    },

    async status(token) {
      const erasure = await erasures.findByToken(token);
      if (erasure === undefined) return undefined;
      const { _id: userId, requested_at: requestedAt, completed_at: completedAt } = erasure;
      const notes = await erasures.notesOf(userId);
      const dataKeyId = completedAt && (await destroyDataKey(db, userId)).dataKeyId;
      return {
        ...{ requestedAt, completedAt, waitingFor: waitingFor(userId, notes) },
        statement: statementOf(erasure, notes, dataKeyId),
      };
    },

    close: participation.close,
  };
}

/** Attempts are counted by what was typed, too. */
function attemptsOf(users: Users, loginDelay: LoginDelay): Eraser {
  const targetsOf = async (userId: string): Promise<Target[]> => {
    const user = await users.findById(userId);
    return [{ userId }, ...(user ? [{ typed: user.username }, { typed: user.email }] : [])];
  };
  return {
    count: async (userId) => await loginDelay.count(await targetsOf(userId)),
    erase: async (userId) => await loginDelay.forget(await targetsOf(userId)),
  };
}

async function completeWhenDone(erasures: Erasures, { _id: userId }: ErasureDocument): Promise<void> {
  const notes = await erasures.notesOf(userId);
  if (waitingFor(userId, notes).length === 0) await erasures.complete(userId);
}
