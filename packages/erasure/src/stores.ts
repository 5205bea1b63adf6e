/** Who removes what it keeps. Each notes its part of an erasure; with the backup's, the erasure is complete. */
export const OWNERS = ["auth-service", "context-protocol-server", "media-processing"] as const;
export type Owner = (typeof OWNERS)[number];

/** `kept` for good, or until it `expires` by itself; both say why that tells nothing of an erased user. */
type Fate =
  | { readonly fate: "erased" }
  | { readonly fate: "kept"; readonly why: string }
  | { readonly fate: "expires"; readonly why: string };

/** How a user's documents are found. Dots lead into a document. */
export type Found =
  /** The field is the user's id, or what `as` makes of it. */
  | { readonly field: string; readonly as?: `${string}{id}` }
  /** The field is the `_id` of a document of the user's in `parent`, or begins with it and a slash. */
  | { readonly field: string; readonly parent: string; readonly begins?: true };

export type CollectionStore = Fate & {
  readonly kind: "collection";
  readonly name: string;
  readonly owner: Owner;
  readonly what: string;
  /** Absent where nothing in it names the user. */
  readonly found?: Found;
};

export type OtherStore = Fate & {
  readonly kind: "redis" | "objects";
  /** Begin of the keys. */
  readonly name: string;
  readonly owner: Owner;
  readonly what: string;
};

export type Store = CollectionStore | OtherStore;

const AUTH = { kind: "collection", owner: "auth-service" } as const;
const TALK = { kind: "collection", owner: "context-protocol-server" } as const;
const ERASED = { fate: "erased" } as const;
const PSEUDONYM = "names the user by an id that leads to nobody once the account is gone";
const expires = (why: string) => ({ fate: "expires", why }) as const;
const kept = (why: string) => ({ fate: "kept", why }) as const;

/**
 * Every place that holds something of a user. What refers to others comes before them: an erasure goes from the first to
 * the last, so that whatever ends it midway, what is left can still be found. tests/security compares this with what is
 * there after all that a user can do.
 */
export const STORES: readonly Store[] = [
  {
    ...AUTH,
    name: "users",
    what: "name, e-mail address, password's hash",
    found: { field: "_id" },
    ...ERASED,
  },
  {
    ...AUTH,
    name: "data_keys",
    what: "the key that seals what they say",
    found: { field: "_id" },
    ...ERASED,
  },
  {
    ...{ ...AUTH, name: "data_keys", what: "the note that the key was destroyed" },
    found: { field: "_id", as: "destroyed:{id}" },
    ...kept(`${PSEUDONYM}; without it a restored backup would bring the key back`),
  },
  {
    ...{ ...AUTH, name: "refresh_tokens", what: "hashes of refresh tokens" },
    found: { field: "family_id", parent: "refresh_families" },
    ...ERASED,
  },
  {
    ...{ ...AUTH, name: "refresh_rotations", what: "times of refreshes" },
    found: { field: "_id", parent: "refresh_families", begins: true },
    ...ERASED,
  },
  { ...AUTH, name: "refresh_families", what: "sign-ins", found: { field: "user_id" }, ...ERASED },
  {
    ...AUTH,
    name: "sign_in_epochs",
    what: "when all sign-ins ended, by a random mark",
    found: { field: "_id" },
    ...ERASED,
  },
  {
    ...{ ...AUTH, name: "revoked_sign_ins", what: "ids of sign-ins that were ended" },
    ...expires("names no user; needed until their access tokens have expired, half an hour"),
  },
  { ...AUTH, name: "second_factors", what: "authenticator's secret", found: { field: "_id" }, ...ERASED },
  { ...AUTH, name: "used_codes", what: "codes that were used", found: { field: "user_id" }, ...ERASED },
  { ...AUTH, name: "passkeys", what: "passkeys and their names", found: { field: "user_id" }, ...ERASED },
  {
    ...{ ...AUTH, name: "passkey_challenges", what: "passkeys about to be added" },
    found: { field: "purpose", as: "add:{id}" },
    ...ERASED,
  },
  { ...AUTH, name: "identities", what: "accounts with providers", found: { field: "user_id" }, ...ERASED },
  {
    ...{ ...AUTH, name: "oidc_attempts", what: "accounts with providers about to be linked" },
    found: { field: "content.purpose.userId" },
    ...ERASED,
  },
  {
    ...{ ...AUTH, name: "oidc_tickets", what: "sign-ins with providers under way" },
    found: { field: "content.userId" },
    ...ERASED,
  },
  { kind: "redis", owner: "auth-service", name: "login:account:", what: "failed sign-ins", ...ERASED },
  {
    ...{ kind: "redis", owner: "auth-service", name: "login:", what: "networks that signed in, by hash" },
    ...expires("a keyed hash over name or id and network names none; gone after 30 days"),
  },
  {
    ...{ kind: "redis", owner: "auth-service", name: "revocations", what: "ids of sign-ins that were ended" },
    ...expires("names no user; gone two hours after the last one"),
  },
  {
    ...{ kind: "redis", owner: "auth-service", name: "limit:", what: "requests counted by user" },
    ...expires(`${PSEUDONYM}; gone with the limit's window, an hour at most`),
  },

  { ...TALK, kind: "redis", name: "run:", what: "events of answers, sealed", ...ERASED },
  {
    ...{ ...TALK, kind: "redis", name: "removed:run:", what: "ids of runs whose events were removed" },
    ...expires("names no user; needed until no late writer can bring them back, an hour"),
  },
  {
    ...{ ...TALK, kind: "redis", name: "runs", what: "ids of runs that wait or are under way" },
    ...expires("names no user; gone when the run is taken"),
  },
  {
    ...{ ...TALK, kind: "redis", name: "socket.io", what: "events between replicas, sealed" },
    ...expires("sealed by a key of an hour's use; the oldest are dropped as new ones come"),
  },
  {
    ...{ ...TALK, kind: "redis", name: "tokens:", what: "tokens that were used, counted by user" },
    ...expires(`${PSEUDONYM}; gone after two days`),
  },
  {
    ...{ ...TALK, name: "approval_decisions", what: "what they decided on calls of tools" },
    found: { field: "_id", parent: "approvals" },
    ...ERASED,
  },
  {
    ...{ ...TALK, name: "call_claims", what: "calls of tools that were made once" },
    found: { field: "_id", parent: "approvals" },
    ...ERASED,
  },
  { ...TALK, name: "approvals", what: "calls of tools to decide on", found: { field: "user_id" }, ...ERASED },
  { ...TALK, name: "token_uses", what: "tokens that were used", found: { field: "user_id" }, ...ERASED },
  { ...TALK, name: "run_records", what: "records of runs, sealed", found: { field: "user_id" }, ...ERASED },
  {
    ...TALK,
    name: "runs",
    what: "answers' making and steps, sealed",
    found: { field: "user_id" },
    ...ERASED,
  },
  {
    ...{ ...TALK, name: "unfinished_runs", what: "which runs may not have ended" },
    found: { field: "user_id" },
    ...ERASED,
  },
  {
    ...{ ...TALK, name: "session_taints", what: "which sessions have read what others wrote" },
    found: { field: "user_id" },
    ...ERASED,
  },
  {
    ...{ ...TALK, name: "messages", what: "what was said, sealed" },
    found: { field: "session_id", parent: "sessions" },
    ...ERASED,
  },
  {
    ...{ ...TALK, name: "contexts", what: "what the agent knows, sealed" },
    found: { field: "session_id", parent: "sessions" },
    ...ERASED,
  },
  {
    ...{ ...TALK, name: "session_titles", what: "titles, sealed" },
    found: { field: "session_id", parent: "sessions" },
    ...ERASED,
  },
  { ...TALK, name: "sessions", what: "sessions, devices, sealed", found: { field: "user_id" }, ...ERASED },
  {
    ...{ ...TALK, name: "session_deletions", what: "ids of sessions that were removed" },
    ...expires("names no user; gone once what late writers left is removed too, minutes"),
  },

  {
    kind: "objects",
    owner: "media-processing",
    name: "media/",
    what: "pictures, recordings, sealed",
    ...ERASED,
  },
  {
    ...{ kind: "collection", owner: "media-processing", name: "media", what: "sizes and types of those" },
    found: { field: "user_id" },
    ...ERASED,
  },

  {
    ...{ ...AUTH, name: "audit_entries", what: "what was done, by whom and to whom" },
    found: { field: "subject.id" },
    ...kept(`${PSEUDONYM}; a log that can be shortened proves nothing`),
  },
  {
    ...{ ...AUTH, name: "audit_checkpoints", what: "signatures over that" },
    ...kept("names nobody"),
  },
  {
    ...AUTH,
    name: "erasures",
    what: "that they asked for this",
    found: { field: "_id" },
    ...kept(PSEUDONYM),
  },
  {
    ...{ ...AUTH, name: "erasure_tokens", what: "hash of the status address" },
    found: { field: "user_id" },
    ...kept(`${PSEUDONYM}; by it they get the certificate`),
  },
  {
    ...{ ...AUTH, name: "erasure_parts", what: "what was found and removed, by number" },
    found: { field: "user_id" },
    ...kept(PSEUDONYM),
  },
];

export const isCollection = (store: Store): store is CollectionStore => store.kind === "collection";
