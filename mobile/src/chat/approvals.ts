import type { Approval, Decision } from "@mobile-ai-agent/contracts";
import type { Requests } from "../api/requests.ts";
import { pauseMs } from "../api/pause.ts";

export interface Approvals {
  /** What waits now, also since before this device was there; asked for again until there is an answer. */
  load(): Promise<void>;
  add(approval: Approval): void;
  /** It was decided, on any device, or has expired. */
  decided(approval: Approval): void;
  /**
   * @returns why it could not be decided; undefined when it is. What was too late stays until that is read: deciding it
   * once more only puts it away.
   */
  decide(id: string, decision: Decision): Promise<string | undefined>;
  close(): void;
}

const AGAIN = { firstMs: 2000, mostMs: 60_000 };

/** The calls that wait for the user of this device. */
export function createApprovals(
  requests: Pick<Requests, "listApprovals" | "decideApproval">,
  onChange: (waiting: ReadonlyMap<string, Approval>) => void,
): Approvals {
  let waiting: ReadonlyMap<string, Approval> = new Map();
  /** Decided ones: a list that was on its way meanwhile may still have them. */
  const gone = new Set<string>();
  /** Being decided here: whether it was in time is not known yet. */
  const deciding = new Set<string>();
  /** Decided here too late. */
  const late = new Set<string>();
  let closed = false;
  let failures = 0;
  let again: ReturnType<typeof setTimeout> | undefined;

  function set(approvals: Iterable<Approval>): void {
    waiting = new Map([...approvals].filter(({ id }) => !gone.has(id)).map((one) => [one.id, one]));
    onChange(waiting);
  }

  function remove(id: string): void {
    gone.add(id);
    set(waiting.values());
  }

  async function load(): Promise<void> {
    const before = waiting;
    const answer = await requests.listApprovals();
    clearTimeout(again);
    if (closed) return;
    if (!answer.ok) {
      again = setTimeout(load, pauseMs(failures, AGAIN));
      failures += 1;
      return;
    }
    failures = 0;
    const kept = [...waiting.values()].filter(({ id }) => !before.has(id) || deciding.has(id));
    set([...answer.data, ...kept]);
  }

  return {
    load,
    add: (approval) => set([...waiting.values(), approval]),

    decided({ id }) {
      if (!deciding.has(id) && !late.has(id)) remove(id);
    },

    async decide(id, decision) {
      if (late.delete(id)) {
        remove(id);
        return undefined;
      }
      deciding.add(id);
      const answer = await requests.decideApproval(id, decision);
      deciding.delete(id);
      if (answer.ok) {
        remove(id);
        return undefined;
      }
      const { reason, detail } = answer.problem;
      if (reason !== "conflict" && reason !== "refused") return detail;
      // It was decided otherwise, has expired, or is there no more.
      late.add(id);
      return `${detail}. Press again to close this.`;
    },

    close() {
      closed = true;
      clearTimeout(again);
    },
  };
}
