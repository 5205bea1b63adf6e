import { canonical } from "@mobile-ai-agent/audit-log";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import { ModelFailure } from "../language-model.ts";
import type { Exchange, JournalItem, Op, Settings, SignalName, Told } from "./journal.ts";

/** The agent did otherwise than the record says. */
export class Divergence extends Error {}

/** The record of an attempt ends where its process was killed. */
export class RecordEnds extends Error {}

/** Gives out what one attempt got from outside, and compares what it asks for. */
export interface Replayer {
  readonly settings: Settings;
  /** Those that it found, then those that it gave out. */
  readonly events: RunEvent[];
  /** How many of the events it found. */
  readonly found: number;
  /** That it stored, if any. */
  readonly answer: string | undefined;
  readonly wasCut: boolean;
  readonly divergence: Divergence | undefined;
  signal(name: SignalName): AbortSignal;
  /** @returns what came of it then, as JSON. @throws Divergence, RecordEnds, or what it failed with then */
  exchange(op: Op, given?: unknown): unknown;
  /** What the model says next, if it says anything more. */
  told(): Told | undefined;
  /** @returns what is wrong with an attempt that ends now */
  end(failed: string | undefined): string | undefined;
}

/** @param items from `begin` on */
export function createReplayer(items: readonly JournalItem[]): Replayer {
  const [begin] = items;
  if (begin?.op !== "begin") throw new Divergence("the record does not begin with `begin`");
  const controllers = new Map<SignalName, AbortController>();
  const events: RunEvent[] = [];
  let position = 1;
  let found = 0;
  let answer: string | undefined;
  let wasCut = false;
  let divergence: Divergence | undefined;

  function controllerOf(name: SignalName): AbortController {
    const controller = controllers.get(name) ?? new AbortController();
    controllers.set(name, controller);
    return controller;
  }

  function diverge(what: string): never {
    divergence ??= new Divergence(`item ${position}: ${what}`);
    throw divergence;
  }

  function keep(op: Op, given: unknown, out: unknown): void {
    if (op === "log.append") {
      const [event] = given as [RunEvent];
      // Of a log that was lost, all of it is given out again.
      if (event.sequence > (events.at(-1)?.sequence ?? 0)) events.push(event);
    }
    // Of what is superseded nothing is stored.
    if (op === "messages.addAnswer" && out !== undefined)
      answer = (given as [{ content: string }])[0].content;
    if (op !== "log.read") return;
    events.push(...(out as RunEvent[]));
    found = events.length;
  }

  return {
    settings: begin.settings,
    events,
    get found() {
      return found;
    },
    get answer() {
      return answer;
    },
    get wasCut() {
      return wasCut;
    },
    get divergence() {
      return divergence;
    },
    signal: (name) => controllerOf(name).signal,

    exchange(op, given) {
      if (divergence) throw divergence;
      const item = items[position];
      if (item === undefined) {
        wasCut = true;
        throw new RecordEnds("the record ends here");
      }
      if (item.op !== op) diverge(`the agent does ${op}${brief(given)} where it did ${item.op} then`);
      const { in: then, out, failed, fired = [] } = item as Exchange;
      const difference = differenceOf(then, given);
      if (difference) diverge(`${op}: ${difference}`);
      position++;
      for (const name of fired) controllerOf(name).abort(new Error(`${name}, as then`));
      if (failed) throw failed.model ? new ModelFailure(failed.message) : new Error(failed.message);
      keep(op, given, out);
      return out;
    },

    told() {
      const item = items[position];
      if (item?.op !== "piece" && item?.op !== "told") return undefined;
      position++;
      return item;
    },

    end(failed) {
      const item = items[position];
      if (item === undefined) {
        wasCut = true;
        return undefined;
      }
      if (item.op !== "end") return `item ${position}: the agent ends where it did ${item.op} then`;
      const then = (item as { failed?: string }).failed;
      if (then === failed) return undefined;
      return `item ${position}: the agent ends with ${failed ?? "success"}, then with ${then ?? "success"}`;
    },
  };
}

const AROUND = 30;

/** @returns the place of the first difference, with what is around it, then and now */
function differenceOf(recorded: unknown, given: unknown): string | undefined {
  const [then, now] = [asWritten(recorded), asWritten(given)];
  if (then === now) return undefined;
  let at = 0;
  while (then[at] === now[at]) at++;
  const excerpt = (text: string) => JSON.stringify(text.slice(Math.max(0, at - AROUND), at + AROUND));
  return `differs at character ${at + 1}: then ${excerpt(then)}, now ${excerpt(now)}`;
}

function brief(value: unknown): string {
  return value === undefined ? "" : ` ${asWritten(value).slice(0, 2 * AROUND)}`;
}

/** As it is written down: dates are texts, members without a value are not there. */
function asWritten(value: unknown): string {
  return value === undefined ? "" : canonical(JSON.parse(JSON.stringify(value)));
}
