import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectMongo, createLogger } from "@mobile-ai-agent/service-kit";
import { createAuditKey, startMongo } from "@mobile-ai-agent/test-support";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createAuditLog } from "./audit-log.ts";
import { hashOf } from "./entry.ts";
import { user } from "./events.ts";
import { exportLines } from "./export-file.ts";
import { createAuditVerifier, readAuditKeys } from "./keys.ts";
import { openFile } from "./open-file.ts";
import { openDatabase, type Selection } from "./source.ts";
import { loadLog, type MemoryLog, sourceOf } from "./testing/memory.ts";
import { type AuditReport, verifyAudit } from "./verify.ts";

const keys = readAuditKeys(createAuditKey());
const verifier = createAuditVerifier(keys.published);
const WRITERS = 4;
let server: Awaited<ReturnType<typeof startMongo>>;
let mongo: Awaited<ReturnType<typeof connectMongo>>;
let log: MemoryLog;
let anchor: { sequence: number; hash: string };

beforeAll(async () => {
  server = await startMongo();
  mongo = await connectMongo({ MONGODB_URI: server.uri }, "test");
  const logger = createLogger("test", "none");
  for (let writer = 0; writer < WRITERS; writer++) {
    const audit = await createAuditLog({ db: mongo.db, keys, service: `s${writer}`, logger });
    for (let i = 0; i < 60; i++) {
      audit.record({
        ...{
          action: "tool.called",
          actor: user(`u${i}`),
          subject: { kind: "run", id: "r" },
          outcome: "success",
        },
        details: { tool: "get\u2028context", arguments: "0".repeat(64) },
      });
      if (i % 20 === 0) {
        await audit.store({
          ...{ action: "users.read", actor: user("admin"), outcome: "success" },
          details: { count: i, filtered: i > 0 },
        });
      }
    }
    await audit.close();
  }
  log = await loadLog(mongo.db);
  const last = log.checkpoints.at(-1)?.value;
  anchor = { sequence: last?.sequence ?? 0, hash: last?.hash ?? "" };
});
afterAll(async () => {
  await mongo.close();
  await server.stop();
});

const verify = (changed: MemoryLog) => verifyAudit(sourceOf(changed), { verifier, anchor });

/** Every value of a document, by the way to it. */
function leavesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, [...path, name]));
}

function changeLeaf<T extends object>(document: T, path: readonly string[], bit: number): T {
  const copy = structuredClone(document);
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>(
      (object, name) => object[name] as Record<string, unknown>,
      copy as Record<string, unknown>,
    );
  const name = path.at(-1) ?? "";
  const value = parent[name];
  if (typeof value === "boolean") parent[name] = !value;
  else if (typeof value === "number") parent[name] = value + 1 + bit;
  else {
    const text = String(value);
    const at = bit % Math.max(1, text.length);
    const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << (bit % 7)) || 1);
    parent[name] = text.slice(0, at) + flipped + text.slice(at + 1);
  }
  return copy;
}

const index = fc.nat();

/** @returns whether a fault names this entry. */
function names(report: AuditReport, { value }: MemoryLog["entries"][number]): boolean {
  return report.faults.some(({ chain, sequence }) => chain === value.chain && sequence === value.sequence);
}

it("finds nothing wrong with what nobody has touched", async () => {
  expect(await verify(log)).toMatchObject({ chains: WRITERS, unvouched: 0, faults: [] });
});

describe("finds, at its place,", () => {
  it("a changed bit of any field of any entry", async () => {
    await fc.assert(
      fc.asyncProperty(index, index, index, async (which, field, bit) => {
        const entry = log.entries[which % log.entries.length] as MemoryLog["entries"][number];
        const leaves = leavesOf(entry.value);
        const value = changeLeaf(entry.value, leaves[field % leaves.length] ?? [], bit);
        const entries = log.entries.map((other) => (other === entry ? { ...other, value } : other));
        expect(names(await verify({ ...log, entries }), entry)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("a changed bit of any checkpoint", async () => {
    await fc.assert(
      fc.asyncProperty(index, index, index, async (which, field, bit) => {
        const checkpoint = log.checkpoints[
          which % log.checkpoints.length
        ] as MemoryLog["checkpoints"][number];
        const leaves = leavesOf(checkpoint.value);
        const value = changeLeaf(checkpoint.value, leaves[field % leaves.length] ?? [], bit);
        const checkpoints = log.checkpoints.map((other) =>
          other === checkpoint ? { ...other, value } : other,
        );
        const { faults } = await verify({ ...log, checkpoints });
        expect(faults[0]?.what).toContain(`checkpoint ${checkpoint.value.sequence} `);
      }),
      { numRuns: 60 },
    );
  });

  it("a removed entry, wherever it was", async () => {
    await fc.assert(
      fc.asyncProperty(index, async (which) => {
        const entry = log.entries[which % log.entries.length] as MemoryLog["entries"][number];
        const entries = log.entries.filter((other) => other !== entry);
        expect(names(await verify({ ...log, entries }), entry)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("two entries that changed places, in the database and in a file", async () => {
    await fc.assert(
      fc.asyncProperty(index, index, fc.boolean(), async (a, b, withIds) => {
        const [i, j] = [a % log.entries.length, b % log.entries.length].sort((x, y) => x - y) as [
          number,
          number,
        ];
        fc.pre(i !== j);
        const entries = log.entries.map(({ id, value }) => (withIds ? { id, value } : { value }));
        const swapped = entries.map((entry, at) => {
          const other = at === i ? entries[j] : at === j ? entries[i] : undefined;
          return other ? { ...entry, value: other.value } : entry;
        }) as MemoryLog["entries"];
        const report = await verify({ ...log, entries: swapped });
        expect(names(report, log.entries[i] as never) || report.faults.length > 1).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("an entry that is there twice, in the database under another id and in a file", async () => {
    await fc.assert(
      fc.asyncProperty(index, fc.boolean(), async (which, withIds) => {
        const at = which % log.entries.length;
        const { id, value } = log.entries[at] as MemoryLog["entries"][number];
        const entries = [...log.entries.map((entry) => (withIds ? entry : { value: entry.value }))];
        entries.splice(at + 1, 0, withIds ? { id: `${id}0`, value } : { value });
        const { faults } = await verify({ ...log, entries });
        expect(faults.map(({ chain }) => chain)).toContain(value.chain);
      }),
      { numRuns: 60 },
    );
  });

  it("a cut tail of a chain, and a chain that is gone", async () => {
    await fc.assert(
      fc.asyncProperty(index, fc.integer({ min: 0, max: 60 }), async (which, left) => {
        const chain = log.entries[which % log.entries.length]?.value.chain;
        const entries = log.entries.filter(({ value }) => value.chain !== chain || value.sequence <= left);
        const { faults } = await verify({ ...log, entries });
        expect(faults).toMatchObject([
          { chain, sequence: left + 1, what: expect.stringContaining("missing") },
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it("a chain taken back together with the checkpoints, by what others know of them", async () => {
    const kept = 3;
    const checkpoints = log.checkpoints.slice(0, kept);
    const upTo = new Map(checkpoints.map(({ value }) => [value.chain, value.head.sequence]));
    const entries = log.entries.filter(({ value }) => value.sequence <= (upTo.get(value.chain) ?? 0));
    const without = await verifyAudit(sourceOf({ entries, checkpoints }), { verifier });
    // What the decision says is not found without an anchor: the whole log as it once was.
    expect(without.faults).toEqual([]);
    expect((await verify({ entries, checkpoints })).faults[0]?.what).toMatch(/was there once, and is gone/);
    // Had anyone opened a chain since, its opening would name a checkpoint that is gone.
    const last = log.entries.at(-1)?.value.chain;
    const others = log.entries.filter(({ value }) => value.chain === last && !upTo.has(value.chain));
    const mixed = await verifyAudit(sourceOf({ entries: [...entries, ...others], checkpoints }), {
      verifier,
    });
    expect(mixed.faults.length > 0 || others.length === 0).toBe(true);
  });

  it("a chain that was written anew, hashes and all, by who has no key or one of their own", async () => {
    const [first] = log.entries;
    const chain = first?.value.chain;
    const forger = readAuditKeys(createAuditKey());
    let previous = "0".repeat(64);
    const forge = async (value: MemoryLog["entries"][number]["value"], key = value.key) => {
      const unsigned = { ...value, previous, key, actor: user("nobody") };
      previous = hashOf("entry", unsigned);
      const signature = key === forger.id ? await forger.sign(previous) : value.signature;
      return { ...unsigned, hash: previous, signature };
    };
    for (const key of [undefined, forger.id]) {
      previous = "0".repeat(64);
      const entries = [];
      for (const entry of log.entries) {
        entries.push(
          entry.value.chain === chain ? { ...entry, value: await forge(entry.value, key) } : entry,
        );
      }
      const { faults } = await verify({ ...log, entries });
      expect(faults[0]).toMatchObject({
        chain,
        sequence: 1,
        what: expect.stringMatching(/signature|not trusted/),
      });
    }
  });
});

describe("an exported file", () => {
  async function exported(selection: Selection = {}) {
    const lines: string[] = [];
    const source = openDatabase(mongo.db, selection);
    for await (const line of exportLines(source, { keys, selection })) lines.push(line);
    return lines;
  }

  async function check(content: string | Buffer, trusted?: string[]) {
    const folder = await newFolder();
    const path = join(folder, "log.jsonl");
    await writeFile(path, content);
    const { source, verifier: own, fault } = await openFile(path, trusted);
    const report = await verifyAudit(source, { verifier: own });
    return { report, fault, faulty: fault !== undefined || report.faults.length > 0 };
  }

  it("is checked without the database, and knows its key", async () => {
    const content = (await exported()).join("");
    const { report, fault } = await check(content, [keys.id]);
    expect(fault).toBeUndefined();
    expect(report).toMatchObject({ entries: log.entries.length, chains: WRITERS, faults: [], unvouched: 0 });
    expect((await check(content, ["0".repeat(64)])).report.faults[0]?.what).toMatch(/not trusted/);
  });

  it("is found wrong when any byte of it is changed, or lines are removed", async () => {
    const content = Buffer.from((await exported()).join(""));
    const heading = content.indexOf("\n") + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: heading, max: content.length - 2 }), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(content);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect((await check(changed)).faulty).toBe(true);
      }),
      { numRuns: 60 },
    );
    const lines = await exported();
    expect((await check(lines.slice(0, -1).join(""))).fault).toMatch(/has no end/);
    expect((await check(lines.slice(0, 5).join(""))).fault).toMatch(/has no end/);
    expect((await check(lines.toSpliced(9, 1).join(""))).fault).toMatch(/was changed/);
  });

  it("of a selection may have gaps, but no changed entry", async () => {
    const lines = await exported({ action: "users.read" });
    expect(lines).toHaveLength(WRITERS * 3 + 2);
    expect(await check(lines.join(""))).toMatchObject({ faulty: false });
    const changed = lines.join("").replace('"kind":"user","id":"admin"', '"kind":"user","id":"other"');
    const { report } = await check(changed);
    expect(report.faults[0]).toMatchObject({ sequence: 3, what: expect.stringContaining("was changed") });
  });

  it("has nothing from before or after the times asked for", async () => {
    const times = log.entries.map(({ value }) => value.time).sort();
    const [since, until] = [times[50] ?? "", times[150] ?? ""];
    const wanted = times.filter((time) => time >= since && time < until);
    expect(await exported({ since, until })).toHaveLength(wanted.length + 2);
  });

  it("that is none is refused", async () => {
    const folder = await newFolder();
    const path = join(folder, "other.txt");
    await writeFile(path, await readFile(import.meta.filename));
    await expect(openFile(path)).rejects.toThrow(/is no export/);
  });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "audit-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
