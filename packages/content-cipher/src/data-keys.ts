import { hash, randomBytes } from "node:crypto";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import { Binary, type Db } from "mongodb";
import { contextOf, decrypt, encrypt, IV_BYTES, KEY_BYTES } from "./aes-gcm.ts";
import { ContentFault } from "./content-fault.ts";
import type { KeyRing, NamedKey } from "./key-ring.ts";

export const DATA_KEYS = "data_keys";

/** A user's key, or, under `destroyed:` and the user's id, the note that it was destroyed. */
export interface DataKeyDocument {
  _id: string;
  /** Of the master key that wraps it. */
  key_id?: string;
  data_key_id?: string;
  wrapped?: Binary;
  created_at?: Date;
  destroyed_at?: Date;
}

export interface DataKey {
  /** 8 bytes that every content sealed with it carries. */
  readonly id: Buffer;
  readonly key: Buffer;
}

export interface DataKeys {
  /**
   * @returns undefined when the user has none yet
   * @throws ContentFault `content_destroyed`, `key_missing`, `content_changed`
   */
  find(userId: string): Promise<DataKey | undefined>;
  /** Makes the user's key; of several at once all get the same. @throws as `find` */
  create(userId: string): Promise<DataKey>;
}

export const collectionOf = (db: Db) => db.collection<DataKeyDocument>(DATA_KEYS);

/**
 * The users' data keys in the database, wrapped by a master key and bound to their user. A document of its own notes that
 * a key was destroyed: an update under way could undo a change, but not bring a deleted document back.
 */
export function createDataKeys(db: Db, ring: KeyRing): DataKeys {
  const keys = collectionOf(db);

  async function find(userId: string): Promise<DataKey | undefined> {
    const found = await keys.find({ _id: { $in: [userId, noteOf(userId)] } }).toArray();
    if (found.some(({ _id }) => _id === noteOf(userId))) throw destroyed(userId);
    const [document] = found;
    return document === undefined ? undefined : await unwrap(document, ring);
  }

  return {
    find,
    async create(userId) {
      const key = randomBytes(KEY_BYTES);
      const dataKey = { id: idOf(key), key };
      try {
        await keys.insertOne({
          _id: userId,
          ...wrap(userId, dataKey, ring.sealing()),
          data_key_id: dataKey.id.toString("base64url"),
          created_at: new Date(),
        });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      // Another may have been faster; and who destroys a key leaves the note first, so one made meanwhile is seen here.
      const stored = await find(userId).catch(async (error: unknown) => {
        if (error instanceof ContentFault && error.code === "content_destroyed") {
          await keys.deleteOne({ _id: userId });
        }
        throw error;
      });
      if (stored === undefined) throw destroyed(userId);
      return stored;
    },
  };
}

/**
 * Destroys a user's key for good: what it sealed can't be opened any more, in a minute by those either that have it in
 * memory, and no new one is made. Idempotent. It needs no master key.
 *
 * @returns since when it is destroyed, and the id of the key if there was one
 */
export async function destroyDataKey(
  db: Db,
  userId: string,
): Promise<{ destroyedAt: Date; dataKeyId?: string }> {
  const keys = collectionOf(db);
  const key = await keys.findOne({ _id: userId });
  const note: DataKeyDocument = {
    _id: noteOf(userId),
    ...(key?.data_key_id !== undefined && { data_key_id: key.data_key_id }),
    destroyed_at: new Date(),
  };
  await keys.insertOne(note).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error;
  });
  await keys.deleteOne({ _id: userId });
  const kept = (await keys.findOne({ _id: note._id })) ?? note;
  return {
    destroyedAt: kept.destroyed_at ?? new Date(),
    ...(kept.data_key_id !== undefined && { dataKeyId: kept.data_key_id }),
  };
}

export function wrap(userId: string, { key }: DataKey, master: NamedKey) {
  const iv = randomBytes(IV_BYTES);
  const wrapped = new Binary(Buffer.concat([iv, ...encrypt(master.key, iv, wrapping(userId), key)]));
  return { key_id: master.id, wrapped };
}

/** @throws ContentFault */
export async function unwrap(
  { _id, key_id = "", wrapped }: DataKeyDocument,
  ring: KeyRing,
): Promise<DataKey> {
  if (ring.find(key_id) === undefined) await ring.refresh();
  const master = ring.find(key_id);
  if (master === undefined) {
    throw new ContentFault(
      "key_missing",
      `the data key of user ${_id} is wrapped by the master key ${key_id}, but CONTENT_KEYS has ` +
        `${ring.ids().join(", ")}: add that key's line to \`master-keys\` in the Secret content-keys, from where its ` +
        "copies are kept (docs/runbooks/content-keys.md)",
    );
  }
  const bytes = Buffer.from(wrapped?.value() ?? "");
  const key = decrypt(master.key, bytes.subarray(0, IV_BYTES), wrapping(_id), bytes.subarray(IV_BYTES));
  return { id: idOf(key), key };
}

const wrapping = (userId: string) => contextOf("data key", userId);
const noteOf = (userId: string) => `destroyed:${userId}`;

function destroyed(userId: string): ContentFault {
  return new ContentFault(
    "content_destroyed",
    `what user ${userId} has said was erased: their key is destroyed`,
  );
}

function idOf(key: Buffer): Buffer {
  return hash("sha256", Buffer.concat([Buffer.from("content-cipher data key id"), key]), "buffer").subarray(
    0,
    8,
  );
}
