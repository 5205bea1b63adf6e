import { HttpProblem } from "@mobile-ai-agent/service-kit";
import sharp, { type Sharp } from "sharp";
import { unprocessable } from "./unprocessable.ts";

const LONGEST_SIDE = 2048;
const THUMBNAIL_SIDE = 320;
/** Its decoder takes 17 bytes of memory for each; those of the other formats four, or a few lines only. */
const MAX_AVIF_PIXELS = 12_000_000;
/** The formats that phones take pictures in have no more. */
export const IMAGE_TYPE = "image/webp";

// A picture is seen once: what the cache would keep is of no use.
sharp.cache(false);
// Only these look at what somebody sent, and none that runs scripts or reads other files.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Nsgif", "Heif"].map((format) => `VipsForeignLoad${format}`),
});
// The pictures converted at a time are limited elsewhere; more threads would only make them wait for each other.
sharp.concurrency(1);

export interface ConvertedImage {
  readonly full: Buffer;
  readonly thumbnail: Buffer;
  /** Of the full picture, in pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * Makes a picture anew as WebP: upright, in sRGB, without metadata, at most 2048 pixels a side; and a thumbnail of at
 * most 320. Of a moving picture, the first frame.
 *
 * @throws HttpProblem 422 when it has more than `maxPixels`, or can't be decoded
 */
export async function convertImage(path: string, maxPixels: number): Promise<ConvertedImage> {
  const read = { limitInputPixels: false, failOn: "error", sequentialRead: true } as const;
  try {
    // The header alone: a picture that is too large is never decoded.
    const { width, height, format } = await sharp(path, read).metadata();
    const most = format === "heif" ? Math.min(maxPixels, MAX_AVIF_PIXELS) : maxPixels;
    if (width * height > most) {
      throw unprocessable(
        `the picture has ${width} × ${height} pixels, and may have ${most}: send a smaller one`,
      );
    }
    const upright = sharp(path, { ...read, limitInputPixels: maxPixels }).autoOrient();
    const { data: full, info } = await shrink(upright, LONGEST_SIDE)
      .webp({ quality: 82 })
      .toBuffer({ resolveWithObject: true });
    const thumbnail = await shrink(sharp(full), THUMBNAIL_SIDE).webp({ quality: 70 }).toBuffer();
    return { full, thumbnail, width: info.width, height: info.height };
  } catch (cause) {
    if (cause instanceof HttpProblem) throw cause;
    throw unprocessable("the picture can't be read: it is damaged, or of a kind that is not known", cause);
  }
}

function shrink(image: Sharp, side: number): Sharp {
  return image.resize({ width: side, height: side, fit: "inside", withoutEnlargement: true });
}
