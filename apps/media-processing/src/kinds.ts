import { openAsBlob } from "node:fs";
import type { MediaKind } from "@mobile-ai-agent/contracts";
import { HttpProblem } from "@mobile-ai-agent/service-kit";

/** What a file turns out to be. */
export type Sniffed =
  | { readonly kind: Extract<MediaKind, "image"> }
  | {
      readonly kind: Extract<MediaKind, "audio">;
      /** ffmpeg's name of the container: it may read this one only, and follow no playlist. */
      readonly demuxer: string;
    };

const IMAGES = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);

/** By what the file says of itself. Phones and browsers record into containers that are made for films too. */
const DEMUXERS: Readonly<Record<string, string>> = {
  "audio/mpeg": "mp3",
  "audio/aac": "aac",
  "audio/wav": "wav",
  "audio/flac": "flac",
  "audio/x-flac": "flac",
  "audio/ogg": "ogg",
  "audio/ogg; codecs=opus": "ogg",
  "audio/mp4": "mov",
  "audio/x-m4a": "mov",
  "video/mp4": "mov",
  "video/webm": "matroska",
  "audio/webm": "matroska",
};

const ACCEPTED =
  "a picture (JPEG, PNG, WebP, GIF, AVIF) or a recording (MP3, AAC, M4A, WAV, FLAC, Ogg, WebM)";

/**
 * Looks at the file's bytes: what the client or a name says is not believed, but has to agree.
 *
 * @param contentType of the request
 * @throws HttpProblem 415
 */
export async function sniff(path: string, contentType: string | undefined): Promise<Sniffed> {
  // With the first upload: a start is quicker without. Its function for files loads a module that no bundler finds.
  const { fileTypeFromBlob } = await import("file-type");
  const mime = (await fileTypeFromBlob(await openAsBlob(path)))?.mime ?? "";
  const demuxer = DEMUXERS[mime];
  const sniffed: Sniffed | undefined = IMAGES.has(mime)
    ? { kind: "image" }
    : demuxer === undefined
      ? undefined
      : { kind: "audio", demuxer };
  if (sniffed === undefined) throw unsupported(`this is none of what is taken: ${ACCEPTED}`);
  if (contentType?.split("/")[0] !== sniffed.kind) {
    throw unsupported(
      `the content is of the kind ${sniffed.kind}: send it with a Content-Type of ${sniffed.kind}/*`,
    );
  }
  return sniffed;
}

function unsupported(detail: string): HttpProblem {
  return new HttpProblem(415, "Unsupported Media Type", detail);
}
