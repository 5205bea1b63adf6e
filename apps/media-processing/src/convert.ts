import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { MediaVariant } from "@mobile-ai-agent/contracts";
import { AUDIO_TYPE, convertAudio } from "./audio.ts";
import type { MediaConfig } from "./config.ts";
import type { Sniffed } from "./kinds.ts";
import type { StoredMedia } from "./media-store.ts";

/** What is to be kept of an upload. */
export interface Converted {
  readonly facts: Omit<StoredMedia, "id" | "userId" | "createdAt">;
  readonly objects: readonly {
    readonly variant: MediaVariant;
    readonly contentType: string;
    readonly body: () => Buffer | Readable;
  }[];
}

/**
 * @param path of the upload; what is made may be put beside it
 * @throws HttpProblem 422 for what can't be converted; the signal's reason when aborted
 */
export async function convert(
  path: string,
  sniffed: Sniffed,
  config: MediaConfig,
  signal: AbortSignal,
): Promise<Converted> {
  return sniffed.kind === "image"
    ? await keepImage(path, config)
    : await keepAudio(path, sniffed.demuxer, config, signal);
}

async function keepImage(path: string, { MAX_PIXELS }: MediaConfig): Promise<Converted> {
  // With the first picture: libvips takes a while to load.
  const { convertImage, IMAGE_TYPE } = await import("./images.ts");
  const { full, thumbnail, width, height } = await convertImage(path, MAX_PIXELS);
  return {
    facts: {
      ...{ kind: "image", contentType: IMAGE_TYPE, bytes: full.length, width, height },
      thumbnailBytes: thumbnail.length,
    },
    objects: [
      { variant: "full", contentType: IMAGE_TYPE, body: () => full },
      { variant: "thumbnail", contentType: IMAGE_TYPE, body: () => thumbnail },
    ],
  };
}

async function keepAudio(
  path: string,
  demuxer: string,
  config: MediaConfig,
  signal: AbortSignal,
): Promise<Converted> {
  const output = `${path}.m4a`;
  const durationSeconds = await convertAudio({
    ...{ ffmpeg: config.FFMPEG_PATH, input: path, output, demuxer },
    ...{ maxSeconds: config.MAX_AUDIO_SECONDS, signal },
  });
  const { size } = await stat(output);
  return {
    facts: { kind: "audio", contentType: AUDIO_TYPE, bytes: size, durationSeconds },
    objects: [{ variant: "full", contentType: AUDIO_TYPE, body: () => createReadStream(output) }],
  };
}
