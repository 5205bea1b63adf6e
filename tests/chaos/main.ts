import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runChaos } from "./run-chaos.ts";

/** Whatever ends this process, the databases' folders go with it. */
const folder = mkdtempSync(join(tmpdir(), "chaos-"));
process.env.TMPDIR = folder;
process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

// What was started is killed on `exit`, which does not come when a signal does what it does by default.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

const { values } = parseArgs({
  options: { clients: { type: "string" }, messages: { type: "string" }, rate: { type: "string" } },
});
const report = await runChaos({
  clients: Number(values.clients),
  messages: Number(values.messages),
  perSecond: Number(values.rate),
  ...{ cutEveryMs: 3000, killEveryMs: 10_000, settleMs: 180_000 },
  onProgress: (text) => process.stdout.write(`${text}\n`),
});
const { messages, seconds, cuts, kills, streamed, faults } = report;
process.stdout.write(
  `\n${messages} messages in ${seconds} s, ${cuts} connections cut, ${kills.length} processes killed (${kills.join(", ")})\n`,
);
process.stdout.write(`${streamed} answers were streamed to a device to the last token\n`);
for (const fault of faults.slice(0, 50)) process.stdout.write(`  ${fault}\n`);
process.stdout.write(`${faults.length} faults\n`);
process.exit(faults.length === 0 ? 0 : 1);
