import type { AuditLog } from "@mobile-ai-agent/audit-log";
import type { ObjectStore } from "@mobile-ai-agent/object-store";
import type { Logger } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { LimitFunction } from "p-limit";
import type { MediaConfig } from "./config.ts";
import type { MediaBytes } from "./media-bytes.ts";
import type { MediaMetrics } from "./media-metrics.ts";
import type { MediaStore } from "./media-store.ts";
import type { SignedUrls } from "./signed-urls.ts";
import type { UploadSlots } from "./upload-slots.ts";

/** What the routes work with. */
export interface MediaContext {
  readonly config: MediaConfig;
  readonly media: MediaStore;
  readonly audit: AuditLog;
  readonly objects: ObjectStore;
  /** The bytes in `objects`, in plain. */
  readonly mediaBytes: MediaBytes;
  readonly signedUrls: SignedUrls;
  /** Lets so many conversions run at a time. */
  readonly conversions: LimitFunction;
  readonly slots: UploadSlots;
  readonly metrics: MediaMetrics;
  /** Lets through who has an access token. */
  readonly authenticate: RequestHandler;
  readonly logger: Logger;
}
