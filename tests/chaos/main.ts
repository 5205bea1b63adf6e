import { parseArgs } from "node:util";
import { runChaos } from "./run-chaos.ts";

const { values } = parseArgs({
  options: { clients: { type: "string" }, messages: { type: "string" } },
});
const report = await runChaos({
  clients: Number(values.clients),
  messages: Number(values.messages),
  ...{ cutEveryMs: 3000, killEveryMs: 4000, settleMs: 180_000 },
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
