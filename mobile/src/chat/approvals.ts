import type { Approval, Decision } from "@mobile-ai-agent/contracts";
import { pauseMs } from "../api/pause.ts";
import type { Requests } from "../api/requests.ts";

/** A call that waits for the user, or, as long as somebody looks, what has become of it. */
export interface AskedApproval extends Approval {
  /** Why this device's decision came too late, in the platform's words. */
  readonly outcome?: string;
}

export interface Approvals {
  /** What waits now, also since before this device was there; asked for again until there is an answer. */
  load(): Promise<void>;
  add(approval: Approval): void;
  /** It was decided, on any device, or has expired. */
  decided(approval: Approval): void;
  /** @returns why it could not be decided now; undefined when it is. What was too late says so itself, in `outcome`. */
  decide(id: string, decision: Decision): Promise<string | undefined>;
  /** For a session that nobody looks at any more. */
  leave(sessionId: string): void;
  close(): void;
}

export interface ApprovalsOptions {
  readonly requests: Pick<Requests, "listApprovals" | "decideApproval">;
  /** Whether somebody looks at a session. */
  readonly isShown: (sessionId: string) => boolean;
  readonly onChange: (asked: ReadonlyMap<string, AskedApproval>) => void;
}

const AGAIN = { firstMs: 1500, mostMs: 40_000 };

const isOver = ({ status, outcome }: AskedApproval) => status !== "pending" || outcome !== undefined;

/** The calls that wait for the user of this device. */
export function createApprovals({ requests, isShown, onChange }: ApprovalsOptions): Approvals {
  let asked: ReadonlyMap<string, AskedApproval> = new Map();
  /** Decided ones: a list that is on its way may still have them. */
  const gone = new Set<string>();
  /** Being decided here: whether it was in time is not known yet. */
  const deciding = new Set<string>();
  let closed = false;
  let loads = 0;
  let failures = 0;
  let again: ReturnType<typeof setTimeout> | undefined;

  function set(approvals: Iterable<AskedApproval>): void {
    asked = new Map([...approvals].filter(({ id }) => !gone.has(id)).map((one) => [one.id, one]));
    onChange(asked);
  }

  const put = (approval: AskedApproval) => set([...asked.values(), approval]);

  function remove(...ids: readonly string[]): void {
    for (const id of ids) gone.add(id);
    set(asked.values());
  }

  /** What has become of it is of interest to whoever looks. */
  function showOver(approval: AskedApproval): void {
    if (isShown(approval.session_id)) put(approval);
    else remove(approval.id);
  }

  async function load(): Promise<void> {
    loads += 1;
    const mine = loads;
    const [before, goneBefore] = [asked, [...gone]];
    const answer = await requests.listApprovals();
    // Of two lists the one that was asked for last.
    if (closed || mine !== loads) return;
    clearTimeout(again);
    if (!answer.ok) {
      again = setTimeout(load, pauseMs(failures, AGAIN));
      failures += 1;
      return;
    }
    failures = 0;
    const isKept = (one: AskedApproval) => !before.has(one.id) || deciding.has(one.id) || isOver(one);
    set([...answer.data, ...[...asked.values()].filter(isKept)]);
    for (const id of goneBefore) gone.delete(id);
  }

  return {
    load,

    add: (approval) => (isOver(approval) ? showOver(approval) : put(approval)),

    decided(approval) {
      if (deciding.has(approval.id)) return;
      if (asked.has(approval.id)) showOver(approval);
      else remove(approval.id);
    },

    async decide(id, decision) {
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
      const late = asked.get(id);
      if (late) showOver({ ...late, outcome: detail });
      return undefined;
    },

    leave(sessionId) {
      const over = [...asked.values()].filter((one) => one.session_id === sessionId && isOver(one));
      if (over.length > 0) remove(...over.map(({ id }) => id));
    },

    close() {
      closed = true;
      clearTimeout(again);
    },
  };
}
