import type { MessageDocument } from "./message-documents.ts";

/** What somebody does under a client id: says something, or changes a message. */
type Act = Pick<MessageDocument, "change" | "target">;

/** The client id was given to something else in this session: what is asked for now was not done. */
export class ClientIdTaken extends Error {
  override readonly name = "ClientIdTaken";
}

/** Of whatever a person does in a session: its messages, edits and regenerations share their client ids. */
export const identityOf = (clientMessageId: string): string => `client:${clientMessageId}`;

/**
 * A resend is the same act on the same message; what it says is not compared, since the first one counts and may be
 * deleted by now.
 *
 * @param entry that has the client id
 * @throws ClientIdTaken when the entry is of another act
 */
export function requireSameAct(entry: Act, { change, target }: Act): void {
  if (entry.change === change && entry.target === target) return;
  throw new ClientIdTaken("the session has something else under this client id");
}
