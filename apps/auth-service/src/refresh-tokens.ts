import { createHash, randomBytes, randomUUID } from "node:crypto";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { createSignInEpochs } from "./sign-in-epochs.ts";

/** The tokens that follow from one sign-in. Deleting it revokes them all. */
interface FamilyDocument {
  _id: string;
  user_id: string;
  /** Absent in those of before this was kept. */
  created_at?: Date;
  expires_at: Date;
}

/**
 * A rotation that took place. Inserting it decides between concurrent refreshes, on every database: FerretDB's
 * conditional update finds and writes in two steps, and lets several through.
 */
interface RotationDocument {
  /** `<family>/<generation that it made>` */
  _id: string;
  rotated_at: Date;
  expires_at: Date;
}

interface TokenDocument {
  /** SHA-256 of the token: the database holds nothing one could sign in with. */
  _id: string;
  family_id: string;
  generation: number;
  expires_at: Date;
}

/** A refresh token, and the family that it is of. */
export interface SignIn {
  readonly userId: string;
  readonly familyId: string;
  readonly token: string;
}

export interface RefreshTokens {
  /** Seconds. */
  readonly ttl: number;
  createIndexes(): Promise<void>;
  /** Changes whenever all of a user's sign-ins end. Read it before what lets somebody in is looked at. */
  epochOf(userId: string): Promise<string>;
  /** A token of a new family; undefined when all of the user's sign-ins have ended since the epoch was read. */
  issue(userId: string, epoch: string): Promise<SignIn | undefined>;
  /**
   * Takes a token for the next one (RFC 9700, 4.14.2). A token that was taken before revokes its family, unless it was
   * the last one and the retry window is open: then the answer was probably lost, and it gets a sibling of the next.
   * Using a sibling ends the others.
   *
   * @returns undefined when the token is unknown, expired or revoked
   */
  rotate(token: string): Promise<SignIn | undefined>;
  /** Revokes the token's family. @returns which one; undefined when the token is unknown or it has ended before */
  revoke(token: string): Promise<Pick<SignIn, "userId" | "familyId"> | undefined>;
  /** Revokes every family of a user, or all but one, and those that are being issued. */
  revokeAll(userId: string, options?: { except: string }): Promise<void>;
  /** Ends the access tokens of a user's families, which stay: what belongs to them is found by them. */
  endAccess(userId: string): Promise<void>;
  /** Whether a family has neither been revoked nor expired. */
  isActive(familyId: string): Promise<boolean>;
  /** Whether the sign-in that a family follows from took place in the last so many seconds. */
  isYoung(familyId: string, seconds: number): Promise<boolean>;
  /** Deletes what has expired. */
  sweep(): Promise<void>;
}

/**
 * Refresh tokens: 32 random bytes each. Times in seconds.
 *
 * @param options.onRevoke is told which families end, before they do: their access tokens have to end too
 * @param options.onReuse is told of families that end because a token was used again
 */
export function createRefreshTokens(
  db: Db,
  options: {
    ttl: number;
    retryWindow: number;
    onRevoke: (familyIds: readonly string[]) => Promise<void>;
    onReuse?: (reused: { userId: string; familyId: string }) => void;
    now?: () => number;
  },
): RefreshTokens {
  const { ttl, retryWindow, onRevoke, onReuse, now = Date.now } = options;
  const families = db.collection<FamilyDocument>("refresh_families");
  const rotations = db.collection<RotationDocument>("refresh_rotations");
  const tokens = db.collection<TokenDocument>("refresh_tokens");
  const epochs = createSignInEpochs(db);

  const expiry = () => new Date(now() + ttl * 1000);

  async function insert(family_id: string, generation: number): Promise<string> {
    const token = randomBytes(32).toString("base64url");
    await tokens.insertOne({ _id: digest(token), family_id, generation, expires_at: expiry() });
    return token;
  }

  /** @returns whether this call is the one that made the generation. */
  async function advance(familyId: string, generation: number): Promise<boolean> {
    try {
      const rotation = {
        _id: `${familyId}/${generation}`,
        rotated_at: new Date(now()),
        expires_at: expiry(),
      };
      await rotations.insertOne(rotation);
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
    await families.updateOne({ _id: familyId }, { $set: { expires_at: expiry() } });
    return true;
  }

  /** Whether the generation is the family's newest and so young that its token may not have arrived yet. */
  async function mayBeLost(familyId: string, generation: number): Promise<boolean> {
    const [made, next] = await Promise.all([
      rotations.findOne({ _id: `${familyId}/${generation}` }),
      rotations.findOne({ _id: `${familyId}/${generation + 1}` }),
    ]);
    return made !== null && next === null && now() - made.rotated_at.getTime() <= retryWindow * 1000;
  }

  async function end(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await onRevoke(ids);
    await families.deleteMany({ _id: { $in: [...ids] } });
  }

  /** Families of a user. One that is not among them, since it is being issued, finds that the epoch has changed. */
  async function takeStock(userId: string): Promise<string[]> {
    await epochs.begin(userId);
    const found = await families.find({ user_id: userId }, { projection: { _id: 1 } }).toArray();
    return found.map(({ _id }) => _id);
  }

  return {
    ttl,
    epochOf: epochs.of,

    async createIndexes() {
      await families.createIndex({ expires_at: 1 });
      await families.createIndex({ user_id: 1 });
      await rotations.createIndex({ expires_at: 1 });
      await tokens.createIndex({ expires_at: 1 });
    },

    async issue(userId, epoch) {
      const familyId = randomUUID();
      const created_at = new Date(now());
      await families.insertOne({ _id: familyId, user_id: userId, created_at, expires_at: expiry() });
      const token = await insert(familyId, 1);
      if ((await epochs.of(userId)) === epoch) return { userId, familyId, token };
      await families.deleteOne({ _id: familyId });
      return undefined;
    },

    async rotate(token) {
      const found = await tokens.findOne({ _id: digest(token) });
      if (!found || found.expires_at.getTime() <= now()) return undefined;
      const family = await families.findOne({ _id: found.family_id });
      if (!family) return undefined;

      const next = found.generation + 1;
      if ((await advance(family._id, next)) || (await mayBeLost(family._id, next))) {
        return { userId: family.user_id, familyId: family._id, token: await insert(family._id, next) };
      }
      onReuse?.({ userId: family.user_id, familyId: family._id });
      await end([family._id]);
      return undefined;
    },

    async revoke(token) {
      const found = await tokens.findOne({ _id: digest(token) });
      const family = found && (await families.findOne({ _id: found.family_id }));
      if (!family) return undefined;
      await end([family._id]);
      return { userId: family.user_id, familyId: family._id };
    },

    async revokeAll(userId, { except } = { except: "" }) {
      const found = await takeStock(userId);
      await end(found.filter((id) => id !== except));
    },

    async endAccess(userId) {
      const found = await takeStock(userId);
      if (found.length > 0) await onRevoke(found);
    },

    async isActive(familyId) {
      const family = await families.findOne({ _id: familyId });
      return family !== null && family.expires_at.getTime() > now();
    },

    async isYoung(familyId, seconds) {
      const family = await families.findOne({ _id: familyId });
      return now() - (family?.created_at?.getTime() ?? 0) <= seconds * 1000;
    },

    async sweep() {
      const expired = { expires_at: { $lte: new Date(now()) } };
      await tokens.deleteMany(expired);
      await rotations.deleteMany(expired);
      await families.deleteMany(expired);
    },
  };
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
