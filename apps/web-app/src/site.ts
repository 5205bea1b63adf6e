import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

/** How the build's step compressed a file, by the ending that it added. */
const ENCODINGS = { ".br": "br", ".gz": "gzip" } as const;
type Encoding = (typeof ENCODINGS)[keyof typeof ENCODINGS] | "identity";

/** The bundler's names with a hash of the content: `entry-<32 hex digits>.js`, `icon.<32 hex digits>@2x.png`. */
const HASHED = /[-.][0-9a-f]{32}(@\d+x)?\.\w+$/;

/** The bytes of a file in one encoding. */
export interface Variant {
  /** Absolute. */
  readonly path: string;
  /** Over the bytes: images carry no times, so that size and time say nothing about a file. */
  readonly etag: string;
}

export interface SiteFile {
  /** Path of its URL. */
  readonly name: string;
  /** Its name changes with its content. */
  readonly immutable: boolean;
  readonly variants: ReadonlyMap<Encoding, Variant>;
}

export interface Site {
  /** By the path of the URL. Whatever else is asked for is not there. */
  readonly files: ReadonlyMap<string, SiteFile>;
  readonly page: SiteFile;
  /** Text of the one page, `index.html`. */
  readonly html: string;
}

const PAGE = "/index.html";

/**
 * Reads what a web build contains, with the compressed files that lie beside the others (`.br`, `.gz`).
 *
 * @param folder the output of the app's export
 * @throws when there is no `index.html`
 */
export async function readSite(folder: string): Promise<Site> {
  const root = resolve(folder);
  const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `/${relative(root, join(parentPath, name))}`);
  const known = new Set(paths);
  const files = new Map<string, SiteFile>();
  for (const path of paths) {
    if (isCompressed(path, known)) continue;
    const variants = new Map<Encoding, Variant>([["identity", await readVariant(root, path)]]);
    for (const [ending, encoding] of Object.entries(ENCODINGS)) {
      if (known.has(path + ending)) variants.set(encoding, await readVariant(root, path + ending));
    }
    files.set(path, { name: path, immutable: HASHED.test(path), variants });
  }
  const page = files.get(PAGE);
  if (!page) throw new Error(`${root} holds no index.html: name the folder of the web build in PUBLIC_DIR`);
  return { files, page, html: await readFile(join(root, PAGE), "utf8") };
}

function isCompressed(path: string, known: ReadonlySet<string>): boolean {
  return Object.keys(ENCODINGS).some(
    (ending) => path.endsWith(ending) && known.has(path.slice(0, -ending.length)),
  );
}

async function readVariant(root: string, path: string): Promise<Variant> {
  const file = join(root, path);
  const digest = createHash("sha256")
    .update(await readFile(file))
    .digest("base64url");
  return { path: file, etag: `"${digest.slice(0, 22)}"` };
}
