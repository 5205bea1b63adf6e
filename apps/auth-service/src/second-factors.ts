import { hash, randomInt } from "node:crypto";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { generateSecret, verify } from "otplib";
import type { SecretBox } from "./secret-box.ts";

/** One period each way, for clocks that differ: RFC 6238, 5.2. */
const TOLERANCE_S = 30;
const STEP_MEMORY_MS = 5 * 60_000;
const NEVER = new Date("9999-12-31T00:00:00Z");
const RECOVERY_CODES = 10;
/** 80 bits: no guesser needs to be slowed down by a costly hash. */
const RECOVERY_LENGTH = 16;
/** Base32 as Crockford has it: nothing that looks like something else. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

interface FactorDocument {
  /** The user. */
  _id: string;
  /** The TOTP secret, sealed. */
  secret: string;
  /** In force only when the user has shown a code of it. */
  confirmed: boolean;
  /** Hashes. */
  recovery_codes: string[];
}

/** A code that was used. Inserting it decides between two who use it at the same time, on every database. */
interface UsedDocument {
  /** `<user>/<period>` or `<user>/<hash of a recovery code>` */
  _id: string;
  user_id: string;
  expires_at: Date;
}

export interface SecondFactors {
  createIndexes(): Promise<void>;
  isOn(userId: string): Promise<boolean>;
  /** @returns a new secret, in base32, not yet in force; undefined when one is */
  enrol(userId: string): Promise<string | undefined>;
  /** Puts the new secret in force. @returns recovery codes; undefined when the code is wrong or there is no secret */
  confirm(userId: string, code: string): Promise<string[] | undefined>;
  /** Takes a code of the authenticator, or a recovery code, once. @returns whether it was good */
  take(userId: string, code: string): Promise<boolean>;
  remove(userId: string): Promise<void>;
  /** Deletes what has expired. */
  sweep(): Promise<void>;
}

/** Time-based one-time passwords (RFC 6238: SHA-1, six digits, 30 s, which is what authenticators know). */
export function createSecondFactors(db: Db, box: SecretBox): SecondFactors {
  const factors = db.collection<FactorDocument>("second_factors");
  const used = db.collection<UsedDocument>("used_codes");

  async function isFirstUse(userId: string, what: string, expires_at: Date): Promise<boolean> {
    try {
      await used.insertOne({ _id: `${userId}/${what}`, user_id: userId, expires_at });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async function takeDigits({ _id, secret }: FactorDocument, token: string): Promise<boolean> {
    const result = await verify({ secret: box.open(secret, _id), token, epochTolerance: TOLERANCE_S });
    if (!result.valid || !("timeStep" in result)) return false;
    return isFirstUse(_id, String(result.timeStep), new Date(Date.now() + STEP_MEMORY_MS));
  }

  function takeRecoveryCode({ _id, recovery_codes }: FactorDocument, code: string): Promise<boolean> {
    const hashed = hash("sha256", code, "base64url");
    return recovery_codes.includes(hashed) ? isFirstUse(_id, hashed, NEVER) : Promise.resolve(false);
  }

  return {
    async createIndexes() {
      await used.createIndex({ expires_at: 1 });
      await used.createIndex({ user_id: 1 });
    },

    async isOn(userId) {
      return (await factors.countDocuments({ _id: userId, confirmed: true })) > 0;
    },

    async enrol(userId) {
      const secret = generateSecret();
      const document = { secret: box.seal(secret, userId), confirmed: false, recovery_codes: [] };
      try {
        await factors.replaceOne({ _id: userId, confirmed: false }, document, { upsert: true });
      } catch (error) {
        // Not found, since it is confirmed, and there already.
        if (isDuplicateKey(error)) return undefined;
        throw error;
      }
      return secret;
    },

    async confirm(userId, code) {
      const factor = await factors.findOne({ _id: userId, confirmed: false });
      const digits = digitsOf(code);
      if (!factor || digits === undefined || !(await takeDigits(factor, digits))) return undefined;
      const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
      const recovery_codes = codes.map((plain) => hash("sha256", plain, "base64url"));
      // Of this very secret: another one may have been asked for meanwhile.
      const filter = { _id: userId, secret: factor.secret, confirmed: false };
      const { matchedCount } = await factors.updateOne(filter, { $set: { confirmed: true, recovery_codes } });
      return matchedCount > 0 ? codes.map(inGroups) : undefined;
    },

    async take(userId, code) {
      const factor = await factors.findOne({ _id: userId, confirmed: true });
      if (!factor) return false;
      const digits = digitsOf(code);
      return digits === undefined ? takeRecoveryCode(factor, plainOf(code)) : takeDigits(factor, digits);
    },

    async remove(userId) {
      await factors.deleteOne({ _id: userId });
      await used.deleteMany({ user_id: userId });
    },

    async sweep() {
      await used.deleteMany({ expires_at: { $lte: new Date() } });
    },
  };
}

function plainOf(code: string): string {
  return code.replace(/[\s-]/g, "").toUpperCase();
}

function digitsOf(code: string): string | undefined {
  const plain = plainOf(code);
  return /^\d{6}$/.test(plain) ? plain : undefined;
}

function newRecoveryCode(): string {
  return Array.from({ length: RECOVERY_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

function inGroups(code: string): string {
  return code.match(/.{4}/g)?.join("-") ?? code;
}
