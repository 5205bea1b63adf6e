import type { Db } from "mongodb";
import { createToolPins, diffOf, type SeenDefinition } from "./pins.ts";

/** Hash digits that an approval has to name: who approves has to have seen which definition it is. */
const MIN_HASH = 12;
const USAGE = `usage: list | diff | approve SERVER TOOL HASH (its first ${MIN_HASH} digits at least)`;

/** For operators: what tools' definitions were seen, what is another in those in quarantine, and to let one out. */
export async function reviewTools(
  db: Db,
  [action, ...rest]: readonly string[],
): Promise<{ ok: boolean; text: string }> {
  const pins = createToolPins(db);
  if (action === "list" && rest.length === 0) return { ok: true, text: listOf(await pins.list()) };
  if (action === "diff" && rest.length === 0) return { ok: true, text: diffsOf(await pins.list()) };
  const [server, tool, hash = ""] = rest;
  if (action !== "approve" || server === undefined || tool === undefined || rest.length > 3)
    return { ok: false, text: USAGE };
  if (!new RegExp(`^[0-9a-f]{${MIN_HASH},64}$`).test(hash)) return { ok: false, text: USAGE };
  const approved = await pins.approve(server, tool, hash);
  return approved === undefined
    ? { ok: false, text: `${server} has no tool ${tool} of that hash: \`npm run tools -- diff\` lists them` }
    : { ok: true, text: `${tool} of ${server} is offered from the next run on` };
}

function listOf(seen: readonly SeenDefinition[]): string {
  const rows = seen.map(({ server, tool, hash, isApproved, seenAt }) =>
    [
      ...[server.padEnd(24), tool.padEnd(32), hash.slice(0, MIN_HASH)],
      ...[(isApproved ? "approved" : "quarantined").padEnd(11), seenAt.toISOString()],
    ].join("  "),
  );
  return rows.length === 0 ? "no tools were seen yet" : rows.join("\n");
}

function diffsOf(seen: readonly SeenDefinition[]): string {
  const quarantined = seen.filter(({ isApproved }) => !isApproved);
  if (quarantined.length === 0) return "nothing is in quarantine";
  return quarantined
    .map(({ server, tool, hash, definition }) => {
      const before = seen.findLast((one) => one.isApproved && one.server === server && one.tool === tool);
      const lines = diffOf(before?.definition, definition);
      const approve = `npm run tools -- approve ${server} ${tool} ${hash}`;
      return [
        `${tool} of ${server}${before ? "" : ", a new tool"}`,
        ...lines,
        `to offer it: ${approve}`,
      ].join("\n");
    })
    .join("\n\n");
}
