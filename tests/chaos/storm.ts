import { setTimeout as delay } from "node:timers/promises";
import type { Platform } from "./platform.ts";

export interface StormOptions {
  /** Between two cuts of a third of the connections, 25 at the most. */
  readonly cutEveryMs: number;
  /** Between the return of one process and the death of the next. */
  readonly killEveryMs: number;
  /** How the names of those begin that die; everything mortal without it. */
  readonly victims?: string;
}

export interface Storm {
  readonly cuts: number;
  readonly kills: readonly string[];
}

/** Of the connections, but no more at a time than devices come back in a moment on two cores. */
const SHARE = 1 / 3;
const MOST = 25;
const DOWN_MS = 500;
/** One of each kind dies, however soon it gets calm. */
const LEAST_KILLS = 3;

/** Cuts connections and kills processes in turn until the signal is aborted, some in any case; afterwards everything is up. */
export async function rage(
  { sockets, mortals }: Platform,
  { cutEveryMs, killEveryMs, victims = "" }: StormOptions,
  signal: AbortSignal,
): Promise<Storm> {
  const dying = mortals.filter(({ name }) => name.startsWith(victims));
  const kills: string[] = [];
  let cuts = 0;
  const cutting = setInterval(() => {
    cuts += sockets.cut(Math.min(SHARE, MOST / sockets.open()));
  }, cutEveryMs);
  try {
    for (let turn = 0; (await passed(killEveryMs, signal)) || turn < LEAST_KILLS; turn++) {
      const victim = dying[turn % dying.length];
      if (!victim) break;
      await victim.kill();
      await delay(DOWN_MS);
      await victim.start();
      kills.push(victim.name);
    }
  } finally {
    clearInterval(cutting);
  }
  return { cuts, kills };
}

/** @returns false when the signal came first */
function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}
