import { createAuditLog } from "@mobile-ai-agent/audit-log";
import { openContentCipher } from "@mobile-ai-agent/content-cipher";
import { createObjectStore } from "@mobile-ai-agent/object-store";
import {
  connectMongo,
  connectRedis,
  createApp,
  createMetrics,
  type Logger,
  listen,
  openTokenVerifier,
  requireUser,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import pLimit from "p-limit";
import type { MediaConfig } from "./config.ts";
import { eraseMedia } from "./erase-media.ts";
import { createMediaBytes } from "./media-bytes.ts";
import { createMediaMetrics } from "./media-metrics.ts";
import { createMediaStore } from "./media-store.ts";
import { mountRoutes } from "./routes/index.ts";
import { createSignedUrls } from "./signed-urls.ts";
import { sweepOrphans } from "./sweep.ts";
import { createUploadSlots } from "./upload-slots.ts";

const SWEEP_MS = 60 * 60 * 1000;

export interface MediaProcessing extends Service {
  /** The ports it listens on, once started. */
  ports(): { http: number; management: number };
}

/** Takes pictures and recordings, makes them safe and small, keeps them, and gives them out to who may see them. */
export function createService(config: MediaConfig, { logger }: { logger: Logger }): MediaProcessing {
  const resources = new AsyncDisposableStack();
  let ready = false;
  const ports = { http: 0, management: 0 };

  return {
    ports: () => ports,

    async start() {
      const metrics = createMetrics();
      const probes = await startManagement(config.METRICS_PORT, { ready: () => ready, metrics });
      resources.defer(() => probes.close());
      const mongo = await connectMongo(config, "media-processing", logger);
      resources.defer(() => mongo.close());
      const audit = await createAuditLog({
        ...{ db: mongo.db, keys: config.AUDIT_KEYS, service: "media-processing", logger },
        registry: metrics.registry,
      });
      resources.defer(() => audit.close());
      const media = createMediaStore(mongo.db);
      await media.createIndexes();
      const redis = await connectRedis(config, logger);
      resources.defer(() => redis.close());
      const { verifier, revocations } = await openTokenVerifier(config, redis, logger);
      resources.defer(() => revocations.close());
      const objects = await createObjectStore(config.OBJECT_STORE_URL);
      const erasing = eraseMedia({ db: mongo.db, objects, config, logger });
      resources.defer(() => erasing.close());
      const content = openContentCipher(config, mongo.db, logger);
      resources.defer(() => content.close());
      const routes = mountRoutes({
        ...{ config, media, audit, objects, logger },
        mediaBytes: createMediaBytes(objects, content.cipher),
        signedUrls: createSignedUrls(config.MEDIA_URL_KEY),
        conversions: pLimit(config.CONVERSIONS),
        slots: createUploadSlots({ total: config.UPLOADS, perUser: config.UPLOADS_PER_USER }),
        metrics: createMediaMetrics(metrics.registry),
        authenticate: requireUser(verifier),
      });
      const sweep = setInterval(() => {
        sweepOrphans({ media, objects, logger }).catch((error) =>
          logger.warn("sweep failed; the next is in an hour", { error }),
        );
      }, SWEEP_MS);
      resources.defer(() => clearInterval(sweep));
      const http = await listen(createApp({ logger, metrics, routes, json: false }), config.PORT);
      resources.defer(() => http.close());
      Object.assign(ports, { http: http.port, management: probes.port });
      ready = true;
    },

    async stop() {
      ready = false;
      await resources.disposeAsync();
    },
  };
}
