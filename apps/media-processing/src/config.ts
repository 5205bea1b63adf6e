import { auditConfig } from "@mobile-ai-agent/audit-log";
import { contentKeysConfig } from "@mobile-ai-agent/content-cipher";
import { erasureConfig } from "@mobile-ai-agent/erasure";
import { OBJECT_STORE_URL } from "@mobile-ai-agent/object-store";
import { baseConfig, mongoConfig, redisConfig, tokenConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const positive = (fallback: number) =>
  z.coerce.number("must be a whole number").int("must be a whole number").positive().default(fallback);

const MIB = 1024 * 1024;

/** Every variable of this service. */
export const mediaConfig = z.object({
  ...baseConfig.shape,
  ...mongoConfig.shape,
  ...redisConfig.shape,
  ...erasureConfig.shape,
  ...tokenConfig.shape,
  ...auditConfig.shape,
  ...contentKeysConfig.shape,
  OBJECT_STORE_URL: z.string().regex(OBJECT_STORE_URL, "must be file:///folder or s3://bucket"),
  MEDIA_URL_KEY: z
    .string()
    .min(32, "must have at least 32 characters")
    .describe("what the addresses of pictures and recordings are signed with"),
  SCRATCH_DIR: z.string().min(1).default("/tmp").describe("folder for uploads that are being worked on"),
  FFMPEG_PATH: z.string().min(1).default("ffmpeg"),
  MAX_UPLOAD_BYTES: positive(10 * MIB),
  MAX_PIXELS: positive(40_000_000).describe("width times height of a picture"),
  MAX_AUDIO_SECONDS: positive(300),
  CONVERSIONS: positive(1).describe(
    "pictures and recordings that are converted at a time; each takes up to 400 MB of memory",
  ),
  UPLOADS: positive(16).describe(
    "uploads at a time, those that are received or wait included; more are told to come again. Each takes twice " +
      "MAX_UPLOAD_BYTES in SCRATCH_DIR at most",
  ),
  UPLOADS_PER_USER: positive(2).describe("of those, one user's"),
  UPLOAD_IDLE_TIMEOUT: z.coerce
    .number("must be seconds")
    .positive("must be seconds")
    .default(10)
    .describe("seconds in which something of an upload has to come; then it is given up"),
});
export type MediaConfig = z.infer<typeof mediaConfig>;
