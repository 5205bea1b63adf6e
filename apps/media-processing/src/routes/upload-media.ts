import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler, Response } from "express";
import type { MediaContext } from "../context.ts";
import { type Converted, convert } from "../convert.ts";
import { describeMedia } from "../describe-media.ts";
import { type Sniffed, sniff } from "../kinds.ts";
import { keyOf } from "../media-keys.ts";
import type { StoredMedia } from "../media-store.ts";
import { receive } from "../receive.ts";

/** POST /api/media: the file as the body → 201 Media. What fails midway leaves nothing. */
export function uploadMedia(context: MediaContext): RequestHandler {
  const { config, conversions, signedUrls } = context;
  return async (request, response) => {
    if (conversions.pendingCount >= config.QUEUE) throw busy();
    const folder = await mkdtemp(join(config.SCRATCH_DIR, "upload-"));
    try {
      const media = await take(request, response, join(folder, "upload"), context);
      response.status(201).set("Cache-Control", "no-store").json(describeMedia(media, signedUrls));
    } catch (error) {
      // Who went away is not answered, and was no fault of ours.
      if (!request.socket.destroyed) throw error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function take(
  request: Request,
  response: Response,
  path: string,
  context: MediaContext,
): Promise<StoredMedia> {
  const { config, conversions } = context;
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("the client went away")));
  await receive(request, path, config.MAX_UPLOAD_BYTES);
  const sniffed = await sniff(path, request.get("content-type"));
  const keepIt = async () =>
    keep(await convert(path, sniffed, config, gone.signal), userOf(request).sub, context);
  return await conversions(async () => {
    gone.signal.throwIfAborted();
    return await observed(sniffed, context, keepIt);
  });
}

/** The document is last: without it nobody sees the objects, and the sweep removes them. */
async function keep(
  { facts, objects }: Converted,
  userId: string,
  context: MediaContext,
): Promise<StoredMedia> {
  const media = { ...facts, id: randomUUID(), userId, createdAt: new Date() };
  try {
    for (const { variant, contentType, body } of objects) {
      await context.objects.put(keyOf(media, variant), body(), { contentType });
    }
    await context.media.add(media);
    return media;
  } catch (error) {
    const removals = objects.map(({ variant }) => context.objects.delete(keyOf(media, variant)));
    await Promise.allSettled(removals);
    throw error;
  }
}

async function observed<T>({ kind }: Sniffed, { metrics }: MediaContext, work: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const observe = (outcome: "kept" | "refused" | "failed") =>
    metrics.observe({ kind, outcome, seconds: (performance.now() - begin) / 1000 });
  try {
    const result = await work();
    observe("kept");
    return result;
  } catch (error) {
    observe(error instanceof HttpProblem ? "refused" : "failed");
    throw error;
  }
}

function busy(): HttpProblem {
  const detail = "too many uploads are being worked on: try again in a few seconds";
  return new HttpProblem(503, "Service Unavailable", detail, { headers: { "Retry-After": "5" } });
}
