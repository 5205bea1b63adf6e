import { canonical } from "@mobile-ai-agent/audit-log";
import { isDuplicateKey, type Logger } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { hashOf, type PinnedDefinition } from "./tool.ts";

/** The definitions that a server had when it was met first: whose insert comes first has pinned them. */
interface ServerDocument {
  _id: string;
  hashes: string[];
  pinned_at: Date;
}

/** One definition of a tool that was seen. */
interface DefinitionDocument {
  _id: string;
  server: string;
  tool: string;
  hash: string;
  /** JSON text: its keys are the server's. */
  definition: string;
  seen_at: Date;
  approved_at?: Date;
}

export interface SeenDefinition {
  readonly server: string;
  readonly tool: string;
  readonly hash: string;
  readonly definition: PinnedDefinition;
  readonly seenAt: Date;
  readonly isApproved: boolean;
}

/** Which definitions of tools the model may be offered. */
export interface ToolPins {
  createIndexes(): Promise<void>;
  /**
   * Lets through the definitions that are pinned: those of the release, or of the first meeting with the server, and those
   * that an operator has approved since. Others are kept for an operator to look at.
   *
   * @param released hashes that the release itself vouches for, in place of a first meeting
   */
  admit(
    server: string,
    listed: readonly PinnedDefinition[],
    released?: ReadonlySet<string>,
  ): Promise<PinnedDefinition[]>;
  /** All that was seen, the earliest first. */
  list(): Promise<SeenDefinition[]>;
  /** @param hash its beginning is enough, if only one has it. @returns undefined when none or several have */
  approve(server: string, tool: string, hash: string): Promise<SeenDefinition | undefined>;
}

export function createToolPins(db: Db, logger?: Logger): ToolPins {
  const servers = db.collection<ServerDocument>("tool_servers");
  const definitions = db.collection<DefinitionDocument>("tool_definitions");
  /** What was told already: a quarantined tool is met in every run. */
  const told = new Set<string>();

  async function firstOf(server: string, hashes: string[]): Promise<ReadonlySet<string>> {
    const known = await servers.findOne({ _id: server });
    if (known !== null) return new Set(known.hashes);
    await insertOnce(() => servers.insertOne({ _id: server, hashes, pinned_at: new Date() }));
    return new Set((await servers.findOne({ _id: server }))?.hashes);
  }

  async function keep(server: string, definition: PinnedDefinition, hash: string): Promise<void> {
    const whose = { _id: `${server} ${hash}`, server, tool: definition.name, hash };
    const seen = { definition: JSON.stringify(definition), seen_at: new Date() };
    await insertOnce(() => definitions.insertOne({ ...whose, ...seen }));
  }

  async function list(): Promise<SeenDefinition[]> {
    const pinned = new Set<string>();
    for (const { _id, hashes } of await servers.find().toArray())
      for (const hash of hashes) pinned.add(`${_id} ${hash}`);
    const found = await definitions.find().sort({ seen_at: 1 }).toArray();
    return found.map(({ _id, server, tool, hash, definition, seen_at, approved_at }) => ({
      ...{ server, tool, hash, seenAt: seen_at },
      definition: JSON.parse(definition) as PinnedDefinition,
      isApproved: approved_at !== undefined || pinned.has(_id),
    }));
  }

  return {
    async createIndexes() {
      await definitions.createIndex({ server: 1 });
    },

    async admit(server, listed, released) {
      const hashed = listed.map((definition) => ({ definition, hash: hashOf(definition) }));
      const pinned =
        released ??
        (await firstOf(
          server,
          hashed.map(({ hash }) => hash),
        ));
      const seen = await definitions.find({ server }, { projection: { definition: 0 } }).toArray();
      const known = new Map(seen.map((one) => [one.hash, one]));
      const admitted: PinnedDefinition[] = [];
      for (const { definition, hash } of hashed) {
        if (!known.has(hash)) await keep(server, definition, hash);
        if (pinned.has(hash) || known.get(hash)?.approved_at !== undefined) admitted.push(definition);
        else if (!told.has(`${server} ${hash}`)) {
          told.add(`${server} ${hash}`);
          logger?.warn("a tool is in quarantine: its definition is new", {
            server,
            tool: definition.name,
            hash,
          });
        }
      }
      return admitted;
    },

    list,

    async approve(server, tool, hash) {
      const found = (await list()).filter(
        (seen) => seen.server === server && seen.tool === tool && seen.hash.startsWith(hash),
      );
      const [one] = found;
      if (one === undefined || found.length > 1) return undefined;
      await definitions.updateOne({ _id: `${server} ${one.hash}` }, { $set: { approved_at: new Date() } });
      return { ...one, isApproved: true };
    },
  };
}

async function insertOnce(insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

/** What is another in a definition, line by line: `-` as it was, `+` as it is. */
export function diffOf(before: PinnedDefinition | undefined, after: PinnedDefinition): string[] {
  const [old, now] = [before, after].map((definition) => (definition ? linesOf(definition) : []));
  const [gone, come] = [new Set(old), new Set(now)];
  return [
    ...(old ?? []).filter((line) => !come.has(line)).map((line) => `- ${line}`),
    ...(now ?? []).filter((line) => !gone.has(line)).map((line) => `+ ${line}`),
  ];
}

/** One for each value, by its path, with what can't be seen written out. */
function linesOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${path}: ${escapeHidden(canonical(value))}`];
  return Object.entries(value).flatMap(([key, one]) => linesOf(one, path === "" ? key : `${path}.${key}`));
}

/** Control and format characters could hide words from who approves them, or put them in another order. */
function escapeHidden(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
