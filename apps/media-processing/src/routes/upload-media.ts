import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { MediaKind } from "@mobile-ai-agent/contracts";
import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler } from "express";
import type { MediaContext } from "../context.ts";
import { type Converted, convert } from "../convert.ts";
import { describeMedia } from "../describe-media.ts";
import { sniff } from "../kinds.ts";
import { keyOf } from "../media-keys.ts";
import type { UploadOutcome } from "../media-metrics.ts";
import type { Salts, StoredMedia } from "../media-store.ts";
import { receive } from "../receive.ts";

interface Upload {
  kind: MediaKind | "unknown";
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** POST /api/media: the file as the body → 201 Media. What fails midway leaves nothing. */
export function uploadMedia(context: MediaContext): RequestHandler {
  const { slots, metrics, signedUrls } = context;
  return async (request, response) => {
    const begin = performance.now();
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Error("the client went away")));
    const upload: Upload = { kind: "unknown", signal: gone.signal };
    const end = (outcome: UploadOutcome) =>
      metrics.observe({ kind: upload.kind, outcome, seconds: (performance.now() - begin) / 1000 });
    let giveBack = () => {};
    try {
      giveBack = slots.take(userOf(request).sub);
      const media = await take(request, upload, context);
      response.status(201).set("Cache-Control", "no-store").json(describeMedia(media, signedUrls));
      end("kept");
    } catch (error) {
      end(gone.signal.aborted ? "gone" : error instanceof HttpProblem ? "refused" : "failed");
      // Who went away is not answered, and was no fault of ours.
      if (!request.socket.destroyed) throw error;
    } finally {
      giveBack();
    }
  };
}

async function take(request: Request, upload: Upload, context: MediaContext): Promise<StoredMedia> {
  const { config, conversions } = context;
  const folder = await mkdtemp(join(config.SCRATCH_DIR, "upload-"));
  try {
    const path = join(folder, "upload");
    const idle = config.UPLOAD_IDLE_TIMEOUT * 1000;
    await receive(request, path, { maxBytes: config.MAX_UPLOAD_BYTES, idle });
    const sniffed = await sniff(path, request.get("content-type"));
    upload.kind = sniffed.kind;
    return await conversions(async () => {
      upload.signal.throwIfAborted();
      const converted = await convert(path, sniffed, config, upload.signal);
      return await keep(converted, { userId: userOf(request).sub, signal: upload.signal }, context);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The document is last: without it nobody sees the objects, and the sweep removes them. */
async function keep(
  { facts, objects }: Converted,
  { userId, signal }: { userId: string; signal: AbortSignal },
  context: MediaContext,
): Promise<StoredMedia> {
  const salts: Salts = {};
  const media = { ...facts, salts, id: randomUUID(), userId, createdAt: new Date() };
  try {
    for (const { variant, contentType, body } of objects) {
      signal.throwIfAborted();
      salts[variant] = await context.mediaBytes.put({ media, variant, contentType }, body());
    }
    // Nobody would ever learn its id.
    signal.throwIfAborted();
    await context.media.add(media);
    return media;
  } catch (error) {
    // The document too: it may have been stored although the answer was lost.
    await Promise.allSettled([
      context.media.remove(media.id),
      ...objects.map(({ variant }) => context.objects.delete(keyOf(media, variant))),
    ]);
    throw error;
  }
}
