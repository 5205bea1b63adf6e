import { type BackupFiles, checkCollection } from "./collection-files.ts";
import { DamagedBackup } from "./failure.ts";
import { type Manifest, readManifest } from "./manifest.ts";

/**
 * Reads a whole backup: every file is authentic and holds what the manifest says.
 *
 * @throws DamagedBackup that names the first fault.
 */
export async function verifyFiles(files: BackupFiles): Promise<Manifest> {
  const manifest = await readManifest(files.folder, files.keys, files.stamp);
  for (const entry of manifest.collections) {
    const found = await checkCollection(entry, files);
    for (const fact of ["count", "bytes", "sha256", "content"] as const) {
      if (found[fact] === entry[fact]) continue;
      throw new DamagedBackup(
        `collection ${entry.name}: ${fact} is ${found[fact]}, but the manifest says ${entry[fact]}`,
      );
    }
  }
  return manifest;
}
