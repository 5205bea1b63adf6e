import { createHmac, timingSafeEqual } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { DamagedBackup } from "./failure.ts";
import type { BackupKeys } from "./keys.ts";
import { Tally } from "./tally.ts";

const MANIFEST = "manifest.json";
const MAC = "manifest.json.hmac-sha256";

const CollectionEntry = z.strictObject({
  name: z.string().min(1),
  ...Tally.shape,
  /** Sealed files by path in the backup, with their sizes in bytes. */
  documents: z.strictObject({ file: z.string(), size: z.int() }),
  metadata: z.strictObject({ file: z.string(), size: z.int() }),
});
export type CollectionEntry = z.infer<typeof CollectionEntry>;

/** What a backup holds. Field names are of the file, which outlives this program. */
export const Manifest = z.strictObject({
  format_version: z.literal(1),
  /** The folder's name. */
  stamp: z.string(),
  /** When reading began: everything stored before is in the backup. */
  created_at: z.iso.datetime(),
  completed_at: z.iso.datetime(),
  database: z.string().min(1),
  compression: z.literal("gzip"),
  encryption: z.literal("AES-256-GCM"),
  key_id: z.string(),
  collections: z.array(CollectionEntry),
});
export type Manifest = z.infer<typeof Manifest>;

export async function writeManifest(folder: string, manifest: Manifest, keys: BackupKeys): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const options = { flag: "wx", mode: 0o600, flush: true } as const;
  await writeFile(join(folder, MANIFEST), text, options);
  await writeFile(join(folder, MAC), `${macOf(text, keys)}\n`, options);
}

/**
 * @param stamp the name that the backup must have; by default, its folder's
 * @throws DamagedBackup when the manifest is missing, was changed, or another key made it, or a file lacks or has
 *   another size.
 */
export async function readManifest(
  folder: string,
  keys: BackupKeys,
  stamp = basename(folder),
): Promise<Manifest> {
  const [text, mac] = await Promise.all(
    [MANIFEST, MAC].map((name) => readFile(join(folder, name), "utf8")),
  ).catch((cause) => {
    throw new DamagedBackup(`${folder} is no complete backup`, { cause });
  });
  const manifest = parse(text as string);
  const keyId = manifest?.key_id;
  if (typeof keyId === "string" && keyId !== keys.id) {
    throw new DamagedBackup(
      `${folder} was made with the key ${keyId}, but ENCRYPTION_KEY is the key ${keys.id}: give the one it was made with`,
    );
  }
  const expected = Buffer.from(macOf(text as string, keys));
  const found = Buffer.from((mac as string).trim());
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
    throw new DamagedBackup(`${folder}/${MANIFEST} was changed: its authentication code does not match`);
  }
  const result = Manifest.safeParse(manifest);
  if (!result.success)
    throw new DamagedBackup(`${folder}/${MANIFEST} has a form that this version can't read`);
  if (result.data.stamp !== stamp)
    throw new DamagedBackup(`${folder} is the backup ${result.data.stamp}, renamed`);
  for (const { documents, metadata } of result.data.collections) {
    for (const { file, size } of [documents, metadata]) await checkSize(join(folder, file), size);
  }
  return result.data;
}

async function checkSize(path: string, size: number): Promise<void> {
  const found = await stat(path).catch((cause) => {
    throw new DamagedBackup(`${path} is missing`, { cause });
  });
  if (found.size !== size) throw new DamagedBackup(`${path} has ${found.size} bytes, not ${size}`);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function macOf(text: string, keys: BackupKeys): string {
  return createHmac("sha256", keys.manifest).update(text).digest("hex");
}
