import { aboutOperations } from "./about.ts";
import { accountOperations } from "./account.ts";
import { adminOperations } from "./admin.ts";
import { contextOperations } from "./contexts.ts";
import { mediaOperations } from "./media.ts";
import { messageOperations } from "./messages.ts";
import { oidcOperations } from "./oidc.ts";
import type { Operations } from "./operation.ts";
import { passkeyOperations } from "./passkeys.ts";
import { runOperations } from "./runs.ts";
import { secondFactorOperations } from "./second-factor.ts";
import { sessionOperations } from "./sessions.ts";
import { signInOperations } from "./sign-in.ts";

export type { Operation } from "./operation.ts";

/** Every HTTP operation that the platform offers to its clients, by its id. */
export const OPERATIONS: Operations = {
  ...signInOperations,
  ...accountOperations,
  ...secondFactorOperations,
  ...passkeyOperations,
  ...oidcOperations,
  ...adminOperations,
  ...sessionOperations,
  ...contextOperations,
  ...messageOperations,
  ...mediaOperations,
  ...runOperations,
  ...aboutOperations,
};
