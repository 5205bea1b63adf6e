import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";

const run = promisify(execFile);

/** A picture of one colour, still to be given a format. */
export const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#3366cc" } });

/** A PNG of noise, which nothing makes smaller: three bytes a pixel. */
export async function noise(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const raw = { width, height, channels: 3 as const };
  const pixels = randomBytes(width * height * 3);
  return new Uint8Array(await sharp(pixels, { raw }).png({ compressionLevel: 0 }).toBuffer());
}

/** A whole PNG of one bit a pixel, all of them black: a thousandth of what a decoder makes of it. */
export function pngOfZeros(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 9 });
  const chunk = (type: string, data: Buffer) => {
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    checksum.writeUInt32BE(crc32(Buffer.concat([Buffer.from(type), data])));
    return Buffer.concat([length, Buffer.from(type), data, checksum]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]);
}

/** @returns three seconds of a tone, made by ffmpeg with these arguments; the last is the file's extension */
export async function audio(...args: string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "audio-"));
  try {
    const file = join(folder, `made.${args.at(-1)}`);
    const tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=3", ...args.slice(0, -1)];
    await run("ffmpeg", ["-v", "error", ...tone, file]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
