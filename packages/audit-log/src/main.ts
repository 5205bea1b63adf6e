import { parseArgs } from "node:util";
import { anchorOf } from "./command.ts";
import { openFile } from "./open-file.ts";
import { reportOn } from "./report.ts";
import { verifyAudit } from "./verify.ts";

/** Checks an exported log: `FILE [--key ID]… [--anchor SEQUENCE:HASH]`. Needs nothing but the file. */
const { values, positionals } = parseArgs({
  options: { key: { type: "string", multiple: true }, anchor: { type: "string" } },
  allowPositionals: true,
});
try {
  const { source, verifier, fault } = await openFile(positionals[0] ?? "", values.key);
  const report = await verifyAudit(source, { verifier, anchor: anchorOf(values.anchor) });
  if (source.selected)
    process.stdout.write("a selection: gaps are no fault, and whole chains may be left out\n");
  const faults = [...report.faults, ...(fault ? [{ what: fault }] : [])];
  process.exitCode = reportOn({ ...report, faults }, verifier, process.stdout);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
