import { z } from "zod";
import { Run } from "../runs.ts";
import { Approval, ApprovalList, DecideApprovalRequest } from "./approvals.ts";
import {
  ChangePasswordRequest,
  ListUsersQuery,
  LoginRequest,
  RefreshRequest,
  RegisterRequest,
  TokenResponse,
  User,
  UserList,
} from "./auth.ts";
import {
  ChangeAccepted,
  ChangeList,
  EditMessageRequest,
  ListChangesQuery,
  RegenerateAnswerRequest,
} from "./changes.ts";
import { ErasureAccepted, ErasureStatus, RequestErasureRequest } from "./erasure.ts";
import { Export } from "./export.ts";
import { ListMediaQuery, Media, MediaContentQuery, MediaList } from "./media.ts";
import {
  CreateMessageRequest,
  CreateMessageResponse,
  FoundMessages,
  ListMessagesQuery,
  MessageList,
  MessageVersions,
  SearchMessagesQuery,
} from "./messages.ts";
import {
  ExchangeOidcCodeRequest,
  IdentityList,
  LinkIdentityRequest,
  LinkIdentityResponse,
  OidcCallbackQuery,
  ProviderList,
  StartOidcQuery,
} from "./oidc.ts";
import {
  CreatePasskeyOptionsRequest,
  CreatePasskeyRequest,
  Passkey,
  PasskeyList,
  PasskeyLoginOptionsRequest,
  PasskeyLoginRequest,
  PasskeyOptions,
  RemovePasskeyRequest,
} from "./passkeys.ts";
import {
  ConfirmTotpRequest,
  EnrolTotpRequest,
  RecoveryCodes,
  RemoveTotpRequest,
  TotpEnrolment,
  TotpStatus,
} from "./second-factor.ts";
import {
  Context,
  CreateSessionRequest,
  CreateSessionResponse,
  ListSessionsQuery,
  RenameSessionRequest,
  Session,
  SessionList,
  UpdateContextRequest,
} from "./sessions.ts";
import { Usage } from "./usage.ts";

export interface Operation {
  readonly method: "get" | "post" | "patch" | "delete";
  /** With `{name}` for each parameter, a key of `PATH_PARAMETERS`. */
  readonly path: `/api/${string}`;
  readonly summary: string;
  /** `user`: with an access token. */
  readonly access: "anyone" | "user";
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Content types of a body that is a file. */
  readonly upload?: readonly string[];
  /** Answers with the version of a context as ETag. */
  readonly versioned?: true;
  readonly success: {
    /** 302: to the address in `Location`. */
    readonly status: 200 | 201 | 204 | 302;
    readonly schema?: z.ZodType;
    /** Content types of an answer that is a file. */
    readonly download?: readonly string[];
  };
  /** Statuses with a Problem, besides those that follow from access, parameters, query and body. */
  readonly problems?: readonly number[];
}

const updateContext = {
  access: "user",
  body: UpdateContextRequest,
  versioned: true,
  success: { status: 200, schema: Context },
} as const;

/** Every HTTP operation that the platform offers to its clients, by its id. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  register: {
    method: "post",
    path: "/api/auth/register",
    summary: "Make an account.",
    access: "anyone",
    body: RegisterRequest,
    success: { status: 201, schema: User },
    problems: [409],
  },
  login: {
    method: "post",
    path: "/api/auth/login",
    summary: "Sign in with username or email address, and password.",
    access: "anyone",
    body: LoginRequest,
    success: { status: 200, schema: TokenResponse },
    problems: [401, 403, 429],
  },
  refresh: {
    method: "post",
    path: "/api/auth/refresh",
    summary: "Change a refresh token for new tokens; a token used twice ends its sign-in.",
    access: "anyone",
    body: RefreshRequest,
    success: { status: 200, schema: TokenResponse },
    problems: [401, 403],
  },
  logout: {
    method: "post",
    path: "/api/auth/logout",
    summary: "End the sign-in that a refresh token belongs to.",
    access: "anyone",
    body: RefreshRequest,
    success: { status: 204 },
    problems: [401, 403],
  },
  logoutAll: {
    method: "post",
    path: "/api/auth/logout-all",
    summary: "End every sign-in of the caller, on all devices.",
    access: "user",
    success: { status: 204 },
  },
  getMe: {
    method: "get",
    path: "/api/users/me",
    summary: "Who the access token is for.",
    access: "user",
    success: { status: 200, schema: User },
  },
  exportMe: {
    method: "get",
    path: "/api/users/me/export",
    summary: "All that the platform keeps of the caller's own, as one document that comes as a stream.",
    access: "user",
    success: { status: 200, schema: Export },
  },
  requestErasure: {
    method: "post",
    path: "/api/users/me/erasure",
    summary: "Erase the caller: the account is closed at once, and nothing they said can be read again.",
    access: "user",
    body: RequestErasureRequest,
    success: { status: 201, schema: ErasureAccepted },
    problems: [403, 429],
  },
  getErasure: {
    method: "get",
    path: "/api/erasures/{erasureToken}",
    summary: "How far an erasure has come, and its certificate once it is complete.",
    access: "anyone",
    success: { status: 200, schema: ErasureStatus },
  },
  changePassword: {
    method: "post",
    path: "/api/users/me/password",
    summary: "Change the caller's password; their other sign-ins end.",
    access: "user",
    body: ChangePasswordRequest,
    success: { status: 204 },
    problems: [403, 429],
  },
  getTotp: {
    method: "get",
    path: "/api/users/me/totp",
    summary: "Whether the caller's login asks for a code of an authenticator.",
    access: "user",
    success: { status: 200, schema: TotpStatus },
  },
  enrolTotp: {
    method: "post",
    path: "/api/users/me/totp",
    summary: "A secret for an authenticator, in force once confirmed.",
    access: "user",
    body: EnrolTotpRequest,
    success: { status: 200, schema: TotpEnrolment },
    problems: [403, 409, 429],
  },
  confirmTotp: {
    method: "post",
    path: "/api/users/me/totp/confirm",
    summary: "Show that the authenticator has the secret; from now on login asks for its codes.",
    access: "user",
    body: ConfirmTotpRequest,
    success: { status: 200, schema: RecoveryCodes },
  },
  removeTotp: {
    method: "post",
    path: "/api/users/me/totp/remove",
    summary: "Let login ask for no code any more.",
    access: "user",
    body: RemoveTotpRequest,
    success: { status: 204 },
    problems: [403, 429],
  },
  passkeyLoginOptions: {
    method: "post",
    path: "/api/auth/passkey/options",
    summary: "What a passkey has to sign to sign in.",
    access: "anyone",
    body: PasskeyLoginOptionsRequest,
    success: { status: 200, schema: PasskeyOptions },
  },
  passkeyLogin: {
    method: "post",
    path: "/api/auth/passkey",
    summary: "Sign in with a passkey: without name, password and code.",
    access: "anyone",
    body: PasskeyLoginRequest,
    success: { status: 200, schema: TokenResponse },
    problems: [401, 403],
  },
  listPasskeys: {
    method: "get",
    path: "/api/users/me/passkeys",
    summary: "The caller's passkeys.",
    access: "user",
    success: { status: 200, schema: PasskeyList },
  },
  createPasskeyOptions: {
    method: "post",
    path: "/api/users/me/passkeys/options",
    summary: "What a device makes a passkey from.",
    access: "user",
    body: CreatePasskeyOptionsRequest,
    success: { status: 200, schema: PasskeyOptions },
    problems: [403, 429],
  },
  createPasskey: {
    method: "post",
    path: "/api/users/me/passkeys",
    summary: "Add the passkey that a device has made.",
    access: "user",
    body: CreatePasskeyRequest,
    success: { status: 201, schema: Passkey },
  },
  removePasskey: {
    method: "post",
    path: "/api/users/me/passkeys/{passkeyId}/remove",
    summary: "Let one of the caller's passkeys sign in no more.",
    access: "user",
    body: RemovePasskeyRequest,
    success: { status: 204 },
    problems: [403, 429],
  },
  listOidcProviders: {
    method: "get",
    path: "/api/auth/oidc/providers",
    summary: "The providers that people can sign in with, besides a password.",
    access: "anyone",
    success: { status: 200, schema: ProviderList },
  },
  startOidc: {
    method: "get",
    path: "/api/auth/oidc/{provider}/start",
    summary: "Sign in with a provider (OpenID Connect): a browser goes here, and on to the provider.",
    access: "anyone",
    query: StartOidcQuery,
    success: { status: 302 },
    problems: [403],
  },
  finishOidc: {
    method: "get",
    path: "/api/auth/oidc/{provider}/callback",
    summary: "Where the provider sends the browser back to, which then goes on to the app.",
    access: "anyone",
    query: OidcCallbackQuery,
    success: { status: 302 },
    problems: [403],
  },
  exchangeOidcCode: {
    method: "post",
    path: "/api/auth/oidc/token",
    summary: "The tokens of a sign-in with a provider: for the app, or after a second factor.",
    access: "anyone",
    body: ExchangeOidcCodeRequest,
    success: { status: 200, schema: TokenResponse },
    problems: [401, 403, 429],
  },
  linkIdentity: {
    method: "post",
    path: "/api/auth/oidc/{provider}/link",
    summary: "Let an account with a provider sign in to the caller's account; for web pages.",
    access: "user",
    body: LinkIdentityRequest,
    success: { status: 200, schema: LinkIdentityResponse },
    problems: [403, 429],
  },
  listIdentities: {
    method: "get",
    path: "/api/auth/identities",
    summary: "The accounts with providers that sign in to the caller's account.",
    access: "user",
    success: { status: 200, schema: IdentityList },
  },
  removeIdentity: {
    method: "delete",
    path: "/api/auth/identities/{identityId}",
    summary: "Let an account with a provider sign in no more; not while there is no password.",
    access: "user",
    success: { status: 204 },
    problems: [409],
  },
  listUsers: {
    method: "get",
    path: "/api/admin/users",
    summary: "All users, by username, page by page; for administrators.",
    access: "user",
    query: ListUsersQuery,
    success: { status: 200, schema: UserList },
    problems: [403],
  },
  createSession: {
    method: "post",
    path: "/api/session/create",
    summary: "Begin a session.",
    access: "user",
    body: CreateSessionRequest,
    success: { status: 201, schema: CreateSessionResponse },
  },
  listSessions: {
    method: "get",
    path: "/api/session",
    summary: "The caller's sessions, the last used first, page by page.",
    access: "user",
    query: ListSessionsQuery,
    success: { status: 200, schema: SessionList },
  },
  getSession: {
    method: "get",
    path: "/api/session/{sessionId}",
    summary: "One of the caller's sessions.",
    access: "user",
    success: { status: 200, schema: Session },
  },
  renameSession: {
    method: "patch",
    path: "/api/session/{sessionId}",
    summary: "Give a session another title.",
    access: "user",
    body: RenameSessionRequest,
    success: { status: 200, schema: Session },
  },
  deleteSession: {
    method: "delete",
    path: "/api/session/{sessionId}",
    summary: "Remove a session for good, with its messages, context and runs; pictures and recordings stay.",
    access: "user",
    success: { status: 204 },
  },
  getContext: {
    method: "get",
    path: "/api/context/{sessionId}",
    summary: "What the agent knows in a session.",
    access: "user",
    versioned: true,
    success: { status: 200, schema: Context },
  },
  patchContext: {
    ...updateContext,
    method: "patch",
    path: "/api/context/{sessionId}",
    summary: "Merge into the context: null removes a key, objects are merged (RFC 7396).",
  },
  updateContext: {
    ...updateContext,
    method: "post",
    path: "/api/context/{sessionId}/update",
    summary: "The same as patchContext, for clients without PATCH.",
  },
  createMessage: {
    method: "post",
    path: "/api/message/{sessionId}",
    summary: "Send a message, and start the run that answers it.",
    access: "user",
    body: CreateMessageRequest,
    success: { status: 201, schema: CreateMessageResponse },
  },
  listMessages: {
    method: "get",
    path: "/api/message/{sessionId}",
    summary: "The messages that a session shows, page by page, forwards or backwards.",
    access: "user",
    query: ListMessagesQuery,
    success: { status: 200, schema: MessageList },
  },
  listChanges: {
    method: "get",
    path: "/api/message/{sessionId}/changes",
    summary: "What happened in a session after a change, page by page: how devices keep up.",
    access: "user",
    query: ListChangesQuery,
    success: { status: 200, schema: ChangeList },
  },
  editMessage: {
    method: "post",
    path: "/api/message/{sessionId}/{messageId}/edit",
    summary:
      "Write a message anew, and start the run that answers it; what followed the old one is superseded.",
    access: "user",
    body: EditMessageRequest,
    success: { status: 201, schema: ChangeAccepted },
    problems: [409],
  },
  regenerateAnswer: {
    method: "post",
    path: "/api/message/{sessionId}/{messageId}/regenerate",
    summary: "Start another run that answers a message; its answer so far, and what followed, is superseded.",
    access: "user",
    body: RegenerateAnswerRequest,
    success: { status: 201, schema: ChangeAccepted },
    problems: [409],
  },
  deleteMessage: {
    method: "delete",
    path: "/api/message/{sessionId}/{messageId}",
    summary: "Remove an answer for good, or a message with its answers. Again does no harm.",
    access: "user",
    success: { status: 204 },
  },
  listVersions: {
    method: "get",
    path: "/api/message/{sessionId}/{messageId}/versions",
    summary: "A message as it is and as it was before, or all answers to the same message; the last 50.",
    access: "user",
    success: { status: 200, schema: MessageVersions },
  },
  searchMessages: {
    method: "get",
    path: "/api/messages/search",
    summary: "The caller's messages and answers that contain a text, in all sessions, the latest first.",
    access: "user",
    query: SearchMessagesQuery,
    success: { status: 200, schema: FoundMessages },
  },
  uploadMedia: {
    method: "post",
    path: "/api/media",
    summary: "Keep a picture or a recording, made anew without its metadata, for a message to show.",
    access: "user",
    upload: ["image/*", "audio/*"],
    success: { status: 201, schema: Media },
    problems: [422],
  },
  listMedia: {
    method: "get",
    path: "/api/media",
    summary: "The caller's pictures and recordings, page by page, with addresses that are new.",
    access: "user",
    query: ListMediaQuery,
    success: { status: 200, schema: MediaList },
  },
  getMedia: {
    method: "get",
    path: "/api/media/{mediaId}",
    summary: "One of the caller's pictures or recordings, with addresses that are new.",
    access: "user",
    success: { status: 200, schema: Media },
  },
  deleteMedia: {
    method: "delete",
    path: "/api/media/{mediaId}",
    summary: "Remove a picture or a recording for good; messages that show it stay.",
    access: "user",
    success: { status: 204 },
  },
  getMediaContent: {
    method: "get",
    path: "/api/media/{mediaId}/content",
    summary: "The bytes, for who has a signed address; Range gets a part of them.",
    access: "anyone",
    query: MediaContentQuery,
    success: { status: 200, download: ["image/webp", "audio/mp4"] },
    problems: [403, 416],
  },
  getRun: {
    method: "get",
    path: "/api/run/{runId}",
    summary: "The state of one of the caller's runs.",
    access: "user",
    success: { status: 200, schema: Run },
  },
  cancelRun: {
    method: "post",
    path: "/api/run/{runId}/cancel",
    summary: "Ask for a run's end. A run that has ended stays as it is; asking again does no harm.",
    access: "user",
    success: { status: 200, schema: Run },
  },
  listApprovals: {
    method: "get",
    path: "/api/approvals",
    summary: "The calls of tools that wait for the caller to approve them, at most 100.",
    access: "user",
    success: { status: 200, schema: ApprovalList },
  },
  decideApproval: {
    method: "post",
    path: "/api/approvals/{approvalId}",
    summary: "Approve or refuse a call, once. Its run goes on.",
    access: "user",
    body: DecideApprovalRequest,
    success: { status: 200, schema: Approval },
    problems: [409],
  },
  getUsage: {
    method: "get",
    path: "/api/usage",
    summary: "The tokens that the caller has used today, and the limit.",
    access: "user",
    success: { status: 200, schema: Usage },
  },
  getOpenApi: {
    method: "get",
    path: "/api/openapi.json",
    summary: "This document.",
    access: "anyone",
    success: { status: 200, schema: z.looseObject({ openapi: z.string() }) },
  },
};
