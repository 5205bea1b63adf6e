import { expect, test } from "vitest";
import type { Defect } from "./platform.ts";
import { runChaos } from "./run-chaos.ts";

const SHORT = {
  ...{ clients: 4, messages: 15, perSecond: 8 },
  ...{ cutEveryMs: 1000, killEveryMs: 300, settleMs: 40_000 },
};
const LIMIT_MS = 180_000;

test(
  "nothing is lost, doubled or out of order in a storm of cuts and kills",
  async () => {
    const report = await runChaos(SHORT);
    expect(report.faults).toEqual([]);
    expect(report.cuts).toBeGreaterThan(0);
    expect(report.kills.length).toBeGreaterThanOrEqual(3);
    expect(report.streamed).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

const DEFECTS: Readonly<Record<string, Defect & { readonly victims?: string }>> = {
  "events that only go to who listens just now": {
    service: "websocket-server",
    file: "/run-log-reader.ts",
    from: "id: `$" + "{position}-0`",
    to: 'id: "$"',
  },
  "a run whose orchestrator died and that nobody takes over": {
    service: "agent-orchestrator",
    file: "/run-consumer.ts",
    from: "if (claimed.length > 0) return claimed;",
    to: "",
    // A Redis that loses the queue makes the sweep queue the run once more.
    victims: "agent-orchestrator",
  },
};

test.each(Object.entries(DEFECTS))(
  "the storm brings to light: %s",
  async (_name, { victims = "", ...defect }) => {
    const report = await runChaos({ ...SHORT, defect, victims });
    expect(report.faults).not.toEqual([]);
  },
  LIMIT_MS,
);
