import type { Db } from "mongodb";
import { rawDocuments } from "./documents.ts";
import { BackupFailure } from "./failure.ts";
import { loadCollection } from "./load.ts";
import { sameContent, tallyOf } from "./tally.ts";

interface Swap {
  readonly scratch: Db;
  readonly live: Db;
  /** Makes the names of this swap unique. */
  readonly run: string;
}

/**
 * Replaces the live database's collections by the scratch database's. Neither FerretDB nor MongoDB renames across
 * databases safely, so they are copied beside the live ones first; the exchange itself is renames, which are undone
 * when one fails. Nothing may write meanwhile.
 */
export async function swapIn({ scratch, live, run }: Swap): Promise<void> {
  const staged = (name: string) => `restore_${run}_${name}`;
  const replaced = (name: string) => `replaced_${run}_${name}`;
  const before = await namesOf(live);
  const after = await namesOf(scratch);
  const undo: [from: string, to: string][] = [];
  const rename = async (from: string, to: string) => {
    await renameCollection(live, from, to);
    undo.unshift([to, from]);
  };
  try {
    for (const name of after) await copy(scratch, name, live, staged(name));
    for (const name of before) await rename(name, replaced(name));
    for (const name of after) await rename(staged(name), name);
  } catch (error) {
    for (const [from, to] of undo) await renameCollection(live, from, to);
    for (const name of await namesOf(live)) {
      if (name.startsWith(staged(""))) await live.dropCollection(name);
    }
    throw error;
  }
  for (const name of before) await live.dropCollection(replaced(name));
}

async function copy(source: Db, name: string, target: Db, targetName: string): Promise<void> {
  const indexes = await source.collection(name).listIndexes().toArray();
  const found = await loadCollection(
    target,
    targetName,
    {
      options: {},
      indexes: indexes.map((index) => ({ ...index, name: index.name as string, key: index.key })),
    },
    rawDocuments(source, name),
  );
  if (sameContent(found, await tallyOf(rawDocuments(source, name)))) return;
  throw new BackupFailure(
    `the copy of ${name} in ${target.databaseName} differs from ${source.databaseName}`,
  );
}

async function namesOf(db: Db): Promise<string[]> {
  const found = await db.listCollections({}, { nameOnly: true }).toArray();
  return found.map(({ name }) => name).filter((name) => !name.startsWith("system."));
}

function renameCollection(db: Db, from: string, to: string): Promise<unknown> {
  const namespace = (name: string) => `${db.databaseName}.${name}`;
  return db.client.db("admin").command({ renameCollection: namespace(from), to: namespace(to) });
}
