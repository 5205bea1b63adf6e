/** Benchmarks compare variants within one run, since figures of different runs or machines say little. */
import { parseArgs } from "node:util";
import { measureAudit } from "./audit-time.ts";
import { measureGatewayLimits } from "./gateway-limits.ts";
import { measureGuard } from "./guard-time.ts";
import { measureSealing } from "./sealing-time.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "3" } } });
const seconds = Number(values.seconds);
if (!(seconds > 0 && seconds <= 60)) {
  process.stderr.write("--seconds must be a number from above 0 to 60\n");
  process.exit(2);
}
measureGuard();
measureSealing();
await measureAudit();
await measureGatewayLimits(seconds);
