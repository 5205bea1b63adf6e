import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Text, and fonts and icons that nothing has compressed yet. */
const COMPRESSIBLE = new Set([
  ".html",
  ".js",
  ".css",
  ".json",
  ".map",
  ".svg",
  ".txt",
  ".ttf",
  ".otf",
  ".ico",
]);
/** Below, a header of the answer costs more than is won. */
const MIN_BYTES = 1024;

const ENCODERS: Readonly<Record<string, (content: Buffer) => Promise<Buffer>>> = {
  ".br": (content) =>
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  ".gz": (content) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
};

/** Puts a `.br` and a `.gz` beside each file below `folder` that gets smaller by it, as small as they can be made. */
export async function compressFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((entry) => entry.isFile() && COMPRESSIBLE.has(extname(entry.name)))) {
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    if (content.length < MIN_BYTES) continue;
    for (const [ending, encode] of Object.entries(ENCODERS)) {
      const compressed = await encode(content);
      if (compressed.length < content.length) await writeFile(path + ending, compressed);
    }
  }
}
