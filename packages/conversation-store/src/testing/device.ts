import { randomUUID } from "node:crypto";
import {
  applyChange,
  type Change,
  type ConversationView,
  EMPTY_VIEW,
  type Message,
  shownMessages,
  takeChanges,
} from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "../conversation-store.ts";

/** How a device takes what it is told; `asItComes` is the defect that the tests must find. */
export type Taking = (view: ConversationView, changes: readonly Change[]) => ConversationView;
export const inOrder: Taking = takeChanges;
export const asItComes: Taking = ({ messages, upTo }, changes) => ({
  messages: changes.reduce(applyChange, messages),
  upTo: Math.max(upTo, ...changes.map(({ sequence }) => sequence)),
  ahead: [],
});

/** What somebody did and was told that it is done. */
export interface Done {
  readonly change: Change;
  /** The last change that they knew; for what supersedes. */
  readonly after?: number;
}

/** One of the devices of a user, in one session: it is told of changes while it is online, and asks for the rest. */
export class Device {
  view: ConversationView = EMPTY_VIEW;
  online = true;
  readonly #taking: Taking;
  readonly #store: ConversationStore;
  readonly #place: { readonly sessionId: string; readonly userId: string };

  constructor(store: ConversationStore, place: { sessionId: string; userId: string }, taking: Taking) {
    this.#store = store;
    this.#place = place;
    this.#taking = taking;
  }

  hear(change: Change): void {
    if (this.online) this.view = this.#taking(this.view, [change]);
  }

  async sync(): Promise<void> {
    for (let more = true; more; ) {
      const { sessionId } = this.#place;
      const page = { after: this.view.upTo, limit: 3 };
      const { changes } = await this.#store.messages.changes(sessionId, page);
      this.view = this.#taking(this.view, changes);
      more = changes.length === 3;
    }
  }

  async send(content: string, times: number): Promise<Done> {
    const message = { ...this.#place, type: "text", content, clientMessageId: randomUUID() } as const;
    const [stored] = await this.#often(times, () => this.#store.messages.addUserMessage(message));
    if (stored === undefined) throw new Error("nothing was stored");
    const { sequence } = stored.message;
    return { change: { kind: "message", sequence, message: stored.message } };
  }

  /** @returns undefined when there is nothing to change, or somebody else was faster */
  async supersede(how: "edit" | "regenerate", pick: number, times: number): Promise<Done | undefined> {
    const target = this.#pick(pick, ({ role }) => role === "user");
    if (target === undefined) return undefined;
    const after = this.view.upTo;
    const what = { ...this.#place, messageId: target.id, clientMessageId: randomUUID(), after };
    const { messages } = this.#store;
    const [result] = await this.#often(times, () =>
      how === "edit" ? messages.edit({ ...what, content: `edited ${pick}` }) : messages.regenerate(what),
    );
    if (result?.outcome !== "changed") return undefined;
    return { change: result.change, after };
  }

  async remove(pick: number, times: number): Promise<Done | undefined> {
    const target = this.#pick(pick, () => true);
    if (target === undefined) return undefined;
    const [removed] = await this.#often(times, () =>
      this.#store.messages.remove(this.#place.sessionId, target.id),
    );
    return removed && { change: removed.change };
  }

  /** Does it again, as a device does whose answers get lost; all tries come to the same. */
  async #often<T>(times: number, act: () => Promise<T>): Promise<T[]> {
    return await Promise.all(Array.from({ length: times }, act));
  }

  #pick(pick: number, fits: (message: Message) => boolean): Message | undefined {
    const candidates = shownMessages(this.view).filter(fits);
    return candidates[pick % candidates.length];
  }
}
