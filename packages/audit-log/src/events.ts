/** What can be recorded, and what is kept of each besides who, whom and when: no secrets, no contents, no addresses. */
export interface AuditDetails {
  "user.registered": Nothing;
  "sign-in.succeeded": { method: SignInMethod; sign_in: string };
  /** `network` is a pseudonym of the client's network: see `AuditLog.pseudonymOf`. */
  "sign-in.failed": { method: SignInMethod; reason: string; network: string };
  "sign-in.ended": { sign_in: string };
  /** Who is signed in was asked for their password or a code once more. */
  "reauthentication.failed": { reason: string; sign_in: string; network: string };
  "sign-ins.ended": Nothing;
  "refresh-token.reused": { sign_in: string };
  "password.changed": Nothing;
  "second-factor.enrolled": Nothing;
  "second-factor.confirmed": Nothing;
  "second-factor.removed": Nothing;
  "passkey.added": { passkey: string };
  "passkey.removed": { passkey: string };
  /** With an account of a provider one signs in to an account here. `identity` is a pseudonym. */
  "identity.linked": { provider: string; identity: string };
  "identity.removed": { provider: string; identity: string };
  "role.granted": { role: string };
  "role.revoked": { role: string };
  "users.read": { count: number; filtered: boolean };
  /** `signing` is the id of the key that signs from now on. */
  "signing-keys.changed": { signing: string; published: number };
  "media.deleted": Nothing;
  "run.started": { session: string; resumed: boolean };
  /** `record` is the SHA-256 over the run's record of so many `parts`. */
  "run.ended": { session: string; status: string; record: string; parts: number };
  /** `arguments` is their SHA-256, here and below. */
  "tool.called": { tool: string; arguments: string };
  /** On record before the call is made. */
  "tool.approved": { tool: string; arguments: string };
  /** By its user, or as nobody decided in time. */
  "tool.refused": { tool: string; arguments: string };
  /** `rules` are the names of those that matched. */
  "guard.blocked": { source: string; rules: string };
  "user.erased": Nothing;
  /** The first entry of a chain. It names the checkpoint that was the last one then. */
  "audit.opened": { checkpoint: number; checkpoint_hash: string };
  /** So many events found no room while the database was away. */
  "audit.lost": { count: number };
  /** The last entry of a chain whose process was not killed. */
  "audit.closed": Nothing;
}

type Nothing = Record<string, never>;

type SignInMethod = "password" | "passkey" | "oidc";

export type AuditAction = keyof AuditDetails;

/** Who did something, or whom or what it was done to. Ids are pseudonyms: they say nothing once the user is erased. */
export interface Party {
  readonly kind: "user" | "operator" | "service" | "anonymous" | "run" | "media" | "platform";
  readonly id?: string;
}

/** `attempted`: it is going to be done, and another entry tells how it went. */
export type Outcome = "success" | "failure" | "denied" | "attempted";

export type AuditEvent = {
  [Action in AuditAction]: {
    readonly action: Action;
    readonly actor: Party;
    readonly subject?: Party;
    readonly outcome: Outcome;
  } & (AuditDetails[Action] extends Nothing
    ? { readonly details?: Nothing }
    : { readonly details: AuditDetails[Action] });
}[AuditAction];

export const user = (id: string): Party => ({ kind: "user", id });
