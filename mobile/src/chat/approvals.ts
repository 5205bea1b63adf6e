import type { Approval, Decision } from "@mobile-ai-agent/contracts";
import type { Requests } from "../api/requests.ts";

export interface Approvals {
  /** What waits now, also since before this device was there. */
  load(): Promise<void>;
  add(approval: Approval): void;
  remove(approval: Approval): void;
  /** @returns why it could not be decided now; undefined when it is, here or on another device */
  decide(id: string, decision: Decision): Promise<string | undefined>;
}

/** The calls that wait for the user of this device. */
export function createApprovals(
  requests: Pick<Requests, "listApprovals" | "decideApproval">,
  onChange: (waiting: ReadonlyMap<string, Approval>) => void,
): Approvals {
  let waiting: ReadonlyMap<string, Approval> = new Map();
  /** Decided ones: a list that was on its way meanwhile may still have them. */
  const gone = new Set<string>();

  function set(approvals: Iterable<Approval>): void {
    waiting = new Map([...approvals].filter(({ id }) => !gone.has(id)).map((one) => [one.id, one]));
    onChange(waiting);
  }

  function remove({ id }: Pick<Approval, "id">): void {
    gone.add(id);
    set(waiting.values());
  }

  return {
    async load() {
      const before = waiting;
      const answer = await requests.listApprovals();
      const since = [...waiting.values()].filter(({ id }) => !before.has(id));
      if (answer.ok) set([...answer.data, ...since]);
    },

    add: (approval) => set([...waiting.values(), approval]),
    remove,

    async decide(id, decision) {
      const answer = await requests.decideApproval(id, decision);
      // It was decided before, or is there no more: there is nothing left to decide.
      const isGone = !answer.ok && ["conflict", "refused"].includes(answer.problem.reason);
      if (!answer.ok && !isGone) return answer.problem.detail;
      remove({ id });
      return undefined;
    },
  };
}
