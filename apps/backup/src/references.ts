export interface Reference {
  readonly from: string;
  readonly field: string;
  /** The collection whose `_id` it is. */
  readonly to: string;
}

/**
 * Which documents need which others, those that are needed first. Tokens of a deleted family are no fault: that is
 * how a sign-in is revoked.
 */
export const REFERENCES: readonly Reference[] = [
  { from: "sessions", field: "user_id", to: "users" },
  { from: "refresh_families", field: "user_id", to: "users" },
  // Messages may show what its owner has removed since.
  { from: "media", field: "user_id", to: "users" },
  { from: "messages", field: "session_id", to: "sessions" },
  { from: "contexts", field: "session_id", to: "sessions" },
  { from: "session_titles", field: "session_id", to: "sessions" },
  { from: "session_taints", field: "_id", to: "sessions" },
  { from: "runs", field: "session_id", to: "sessions" },
  { from: "runs", field: "message_id", to: "messages" },
];

/**
 * The order in which collections are read without a snapshot: what refers to others first. A document is stored after
 * those that it refers to, so they are there when their turn comes.
 */
export function dumpOrder(names: readonly string[]): string[] {
  const depth = (name: string): number =>
    Math.max(0, ...REFERENCES.filter(({ from }) => from === name).map(({ to }) => 1 + depth(to)));
  return [...names].sort((a, b) => depth(b) - depth(a) || (a < b ? -1 : 1));
}
