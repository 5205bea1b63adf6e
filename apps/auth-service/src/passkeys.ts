import type { Passkey } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Db } from "mongodb";
import type { Challenges } from "./challenges.ts";

/** ES256, EdDSA, RS256: COSE algorithm identifiers of what devices have. */
const ALGORITHMS = { supportedAlgorithmIDs: [-7, -8, -257] };

interface PasskeyDocument {
  /** Id of the credential, base64url. */
  _id: string;
  user_id: string;
  name: string;
  /** COSE, base64url. */
  public_key: string;
  /** Of signatures; 0 for passkeys that are on several devices. */
  counter: number;
  transports: string[];
  created_at: Date;
  last_used_at: Date | null;
}

/** Where passkeys are good: they are bound to a domain, and browsers say from which page they were used. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
}

export interface Passkeys {
  createIndexes(): Promise<void>;
  list(userId: string): Promise<Passkey[]>;
  addOptions(user: { id: string; username: string }): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** @returns undefined when the credential is not good, or is known already */
  add(userId: string, name: string, credential: RegistrationResponseJSON): Promise<Passkey | undefined>;
  loginOptions(): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** @returns the user who would sign in with it, if its answer is good */
  ownerOf(id: string): Promise<string | undefined>;
  /** @returns the user whose passkey it is; undefined when it is not known, or its answer not good */
  login(credential: AuthenticationResponseJSON): Promise<string | undefined>;
  /** @returns whether the user had it */
  remove(userId: string, id: string): Promise<boolean>;
}

/**
 * Passkeys: WebAuthn, Level 3. The person has to show that it is them, by finger, face or PIN, so a passkey is two factors
 * in one. It also knows whose it is, so nobody types a name.
 */
export function createPasskeys(db: Db, challenges: Challenges, party: RelyingParty): Passkeys {
  const passkeys = db.collection<PasskeyDocument>("passkeys");
  const expected = {
    expectedOrigin: [...party.origins],
    expectedRPID: party.id,
    requireUserVerification: true,
  };
  const bytes = (base64url: string) => new Uint8Array(Buffer.from(base64url, "base64url"));
  const byUser = (userId: string) => passkeys.find({ user_id: userId }).sort({ created_at: 1 }).toArray();

  return {
    async createIndexes() {
      await passkeys.createIndex({ user_id: 1 });
    },

    async list(userId) {
      return (await byUser(userId)).map(toPasskey);
    },

    async addOptions({ id, username }) {
      const known = await byUser(id);
      return generateRegistrationOptions({
        ...ALGORITHMS,
        rpName: party.name,
        rpID: party.id,
        userName: username,
        userID: new Uint8Array(Buffer.from(id)),
        challenge: bytes(await challenges.issue(`add:${id}`)),
        excludeCredentials: known.map(({ _id, transports }) => ({ id: _id, transports })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
      });
    },

    async add(userId, name, response) {
      const verification = await verifyRegistrationResponse({
        ...ALGORITHMS,
        ...expected,
        response,
        expectedChallenge: (challenge) => challenges.take(`add:${userId}`, challenge),
      }).catch(notGood);
      if (!verification?.verified) return undefined;
      const { id, publicKey, counter, transports = [] } = verification.registrationInfo.credential;
      const document: PasskeyDocument = {
        _id: id,
        user_id: userId,
        name,
        public_key: Buffer.from(publicKey).toString("base64url"),
        counter,
        transports: [...transports],
        created_at: new Date(),
        last_used_at: null,
      };
      try {
        await passkeys.insertOne(document);
      } catch (error) {
        if (isDuplicateKey(error)) return undefined;
        throw error;
      }
      return toPasskey(document);
    },

    async loginOptions() {
      return generateAuthenticationOptions({
        rpID: party.id,
        challenge: bytes(await challenges.issue("login")),
        userVerification: "required",
      });
    },

    async ownerOf(id) {
      return (await passkeys.findOne({ _id: id }))?.user_id;
    },

    async login(response) {
      const found = await passkeys.findOne({ _id: response.id });
      if (!found) return undefined;
      const verification = await verifyAuthenticationResponse({
        ...expected,
        response,
        expectedChallenge: (challenge) => challenges.take("login", challenge),
        credential: { id: found._id, publicKey: bytes(found.public_key), counter: found.counter },
      }).catch(notGood);
      if (!verification?.verified) return undefined;
      const changes = { counter: verification.authenticationInfo.newCounter, last_used_at: new Date() };
      await passkeys.updateOne({ _id: found._id }, { $set: changes });
      return found.user_id;
    },

    async remove(userId, id) {
      return (await passkeys.deleteOne({ _id: id, user_id: userId })).deletedCount > 0;
    },
  };
}

/** The library throws for whatever is wrong with an answer; a fault of the database is no fault of the answer. */
function notGood(error: unknown): undefined {
  if (error instanceof Error && !error.name.startsWith("Mongo")) return undefined;
  throw error;
}

function toPasskey({ _id, name, created_at, last_used_at }: PasskeyDocument): Passkey {
  return {
    id: _id,
    name,
    created_at: created_at.toISOString(),
    last_used_at: last_used_at?.toISOString() ?? null,
  };
}
