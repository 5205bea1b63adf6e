import { z } from "zod";

export const MediaId = z.uuid();

export const MediaKind = z.enum(["image", "audio"]);
export type MediaKind = z.infer<typeof MediaKind>;

/** A picture or a recording as it is kept: made anew from what was uploaded, without its metadata. */
export const Media = z.strictObject({
  id: MediaId,
  kind: MediaKind,
  content_type: z.string(),
  bytes: z.int().positive(),
  width: z.int().positive().optional().describe("of a picture, in pixels"),
  height: z.int().positive().optional().describe("of a picture, in pixels"),
  duration_seconds: z.number().positive().optional().describe("of a recording"),
  url: z.string().describe("relative to the platform's address; needs no token until `urls_expire_at`"),
  thumbnail_url: z.string().optional().describe("of a picture"),
  urls_expire_at: z.iso.datetime(),
  created_at: z.iso.datetime(),
});
export type Media = z.infer<typeof Media>;

export const ListMediaQuery = z.strictObject({
  after: MediaId.optional().describe("`next_after` of the page before"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const MediaList = z.strictObject({
  media: z.array(Media).describe("by id"),
  next_after: MediaId.nullable().describe("pass as `after` for the next page; null at the end"),
});
export type MediaList = z.infer<typeof MediaList>;

/** `thumbnail` is there for pictures only. */
export const MediaVariant = z.enum(["full", "thumbnail"]);
export type MediaVariant = z.infer<typeof MediaVariant>;

/** What a signed address carries; taken from `url` or `thumbnail_url` as it is. */
export const MediaContentQuery = z.strictObject({
  variant: MediaVariant,
  expires: z.coerce.number().int().positive().describe("seconds since the epoch"),
  signature: z.string().min(1).max(128),
});
export type MediaContentQuery = z.infer<typeof MediaContentQuery>;
