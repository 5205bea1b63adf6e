import { mongoConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const KEY_BYTES = 32;

/** Every variable of this program. */
export const backupConfig = z.object({
  ...mongoConfig.shape,
  BACKUP_DIR: z.string().min(1).describe("folder with one folder a backup"),
  BACKUP_RETENTION_DAYS: z.coerce.number("must be a number of days").int().positive().default(7),
  ENCRYPTION_KEY: z
    .base64("must be 32 bytes as base64")
    .transform((text) => Buffer.from(text, "base64"))
    .refine((key) => key.length === KEY_BYTES, "must be 32 bytes as base64"),
});
