import type { MediaKind, MediaVariant } from "@mobile-ai-agent/contracts";
import type { Db } from "mongodb";

/** A picture or a recording, as the database knows it; its bytes are in the object store. */
export interface StoredMedia {
  readonly id: string;
  readonly userId: string;
  readonly kind: MediaKind;
  readonly contentType: string;
  readonly bytes: number;
  readonly width?: number;
  readonly height?: number;
  readonly thumbnailBytes?: number;
  readonly durationSeconds?: number;
  /** How its bytes are sealed. Absent in media from before there was a cipher: those are plain. */
  readonly salts?: Salts;
  readonly createdAt: Date;
}

/** Of each object, base64. */
export type Salts = Partial<Record<MediaVariant, string>>;

interface MediaDocument {
  _id: string;
  user_id: string;
  kind: MediaKind;
  content_type: string;
  bytes: number;
  width?: number;
  height?: number;
  thumbnail_bytes?: number;
  duration_seconds?: number;
  salts?: Salts;
  created_at: Date;
}

export interface MediaStore {
  createIndexes(): Promise<void>;
  add(media: StoredMedia): Promise<void>;
  get(id: string): Promise<StoredMedia | undefined>;
  /** A user's, by id, those behind `after`. */
  list(userId: string, page: { after?: string | undefined; limit: number }): Promise<StoredMedia[]>;
  remove(id: string): Promise<void>;
  /** @returns those of the ids that are there */
  known(ids: readonly string[]): Promise<Set<string>>;
  isEmpty(): Promise<boolean>;
}

export function createMediaStore(db: Db): MediaStore {
  const media = db.collection<MediaDocument>("media");
  return {
    async createIndexes() {
      await media.createIndex({ user_id: 1, created_at: -1 });
      await media.createIndex({ user_id: 1, _id: 1 });
    },
    async add(item) {
      await media.insertOne(toDocument(item));
    },
    async get(id) {
      const document = await media.findOne({ _id: id });
      return document === null ? undefined : toMedia(document);
    },
    async list(user_id, { after, limit }) {
      const behind = after === undefined ? {} : { _id: { $gt: after } };
      const found = media
        .find({ user_id, ...behind })
        .sort({ _id: 1 })
        .limit(limit);
      return (await found.toArray()).map(toMedia);
    },
    async remove(id) {
      await media.deleteOne({ _id: id });
    },
    async known(ids) {
      const found = await media.find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } }).toArray();
      return new Set(found.map(({ _id }) => _id));
    },
    async isEmpty() {
      return (await media.findOne({}, { projection: { _id: 1 } })) === null;
    },
  };
}

function toDocument(item: StoredMedia): MediaDocument {
  const { id, userId, kind, contentType, bytes, width, height, createdAt } = item;
  const { thumbnailBytes, durationSeconds, salts } = item;
  return {
    ...{ _id: id, user_id: userId, kind, content_type: contentType, bytes },
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(thumbnailBytes !== undefined && { thumbnail_bytes: thumbnailBytes }),
    ...(durationSeconds !== undefined && { duration_seconds: durationSeconds }),
    ...(salts !== undefined && { salts }),
    created_at: createdAt,
  };
}

function toMedia(document: MediaDocument): StoredMedia {
  const { _id, user_id, kind, content_type, bytes, width, height, created_at } = document;
  return {
    ...{ id: _id, userId: user_id, kind, contentType: content_type, bytes, createdAt: created_at },
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(document.thumbnail_bytes !== undefined && { thumbnailBytes: document.thumbnail_bytes }),
    ...(document.duration_seconds !== undefined && { durationSeconds: document.duration_seconds }),
    ...(document.salts !== undefined && { salts: document.salts }),
  };
}
