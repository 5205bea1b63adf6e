import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponsesObject,
} from "zod-openapi";
import { Approval, ApprovalId, ApprovalList } from "./http/approvals.ts";
import {
  ChangePasswordRequest,
  LoginRequest,
  RefreshRequest,
  RegisterRequest,
  TokenResponse,
  User,
  UserList,
} from "./http/auth.ts";
import { Change, ChangeAccepted, ChangeList } from "./http/changes.ts";
import { ErasureToken } from "./http/erasure.ts";
import { Media, MediaId } from "./http/media.ts";
import {
  CreateMessageRequest,
  CreateMessageResponse,
  FoundMessages,
  Message,
  MessageId,
  MessageList,
} from "./http/messages.ts";
import { IdentityId, ProviderId } from "./http/oidc.ts";
import { OPERATIONS, type Operation } from "./http/operations/index.ts";
import { PasskeyId } from "./http/passkeys.ts";
import { Problem } from "./http/problem.ts";
import {
  Context,
  CreateSessionRequest,
  CreateSessionResponse,
  Json,
  Session,
  SessionId,
  SessionList,
} from "./http/sessions.ts";
import { Usage } from "./http/usage.ts";
import { Run, RunId } from "./runs.ts";

/** What the document names; the other schemas stand where they are used. */
const REQUESTS = {
  ChangePasswordRequest,
  LoginRequest,
  RefreshRequest,
  RegisterRequest,
  CreateMessageRequest,
  CreateSessionRequest,
};
const ANSWERS = {
  ...{ TokenResponse, User, UserList, Session, SessionList, CreateSessionResponse, Context },
  ...{ Message, MessageList, CreateMessageResponse, FoundMessages, Change, ChangeList, ChangeAccepted },
  ...{ Media, Run, Approval, ApprovalList, Usage, Problem, Json },
};

const PATH_PARAMETERS: Readonly<Record<string, z.ZodType>> = {
  sessionId: SessionId,
  messageId: MessageId,
  runId: RunId,
  passkeyId: PasskeyId,
  mediaId: MediaId,
  approvalId: ApprovalId,
  provider: ProviderId,
  identityId: IdentityId,
  erasureToken: ErasureToken,
};

const SESSION_TOKEN = z.string().optional().describe("must be the session's own where it is given");
const IF_MATCH = z.string().optional().describe("ETag of the version to change, or *");
const ETAG = z.string().describe("the version of the context, in quotes");
const LOCATION = z.string().describe("where the browser goes next");
const CHALLENGE = z.string().describe("how to authenticate: RFC 6750, 3");

const PROBLEMS: Readonly<Record<number, string>> = {
  400: "the body or the query does not have the expected form; `errors` lists each fault",
  401: "not signed in, or not with valid credentials",
  403: "not for this caller: another session's X-Session-Token, another origin's page, no navigation of a browser, a wrong password, no administrator, or an address that does not hold",
  404: "there is no such thing, or it is another user's",
  408: "nothing of the file has come for a while",
  409: "it, or the id for a resend, is taken already, is the only way to sign in, or the conversation has changed since the caller looked",
  412: "the context has another version than If-Match asks for",
  413: "the body, or the context with it, is too large",
  415: "the body is not of a type that the operation takes",
  416: "the range lies beyond the end",
  422: "the file is damaged, has too many pixels or takes too long: `detail` says which",
  429: "too many such requests or failed attempts in a while, by the same user or from the same address",
  503: "the service behind is away for the moment",
};

const RETRY_AFTER = z.string().describe("seconds to wait before the next try");

/** Headers that come with a problem of a status. */
const PROBLEM_HEADERS: Readonly<Record<number, z.ZodObject>> = {
  401: z.object({ "WWW-Authenticate": CHALLENGE }),
  429: z.object({
    "Retry-After": RETRY_AFTER,
    "RateLimit-Policy": z.string().describe('the limit, q requests in w seconds: "api";q=300;w=60'),
    RateLimit: z.string().describe('what is left, r requests for t seconds: "api";r=0;t=17'),
    "X-Rate-Limit-Limit": z.string().describe("q of RateLimit-Policy"),
    "X-Rate-Limit-Remaining": z.string().describe("r of RateLimit"),
    "X-Rate-Limit-Reset": z.string().describe("t of RateLimit"),
  }),
  503: z.object({ "Retry-After": RETRY_AFTER }),
};

/** The HTTP API as an OpenAPI 3.1 document, made from the schemas that the services validate with. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  const paths: NonNullable<ZodOpenApiObject["paths"]> = {};
  for (const [id, operation] of Object.entries(OPERATIONS)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describeOperation(id, operation),
    };
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Mobile AI Agent",
      version: "0.1.0",
      description:
        "Answers stream over Socket.IO at /ws, which this document does not describe. Every operation is limited " +
        "in how often it is taken; each answer tells the limit in the headers that are described with status 429.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { ...REQUESTS, ...ANSWERS },
      securitySchemes: { accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  });
}

function describeOperation(operationId: string, operation: Operation): ZodOpenApiOperationObject {
  const { summary, access, query, body, upload, versioned, success } = operation;
  const names = parametersOf(operation);
  const path = Object.fromEntries(names.map((name) => [name, PATH_PARAMETERS[name]]));
  const header = {
    ...(names.includes("sessionId") && { "X-Session-Token": SESSION_TOKEN }),
    ...(versioned && body && { "If-Match": IF_MATCH }),
  };
  return {
    operationId,
    summary,
    security: access === "user" ? [{ accessToken: [] }] : [],
    requestParams: {
      path: z.object(path as z.ZodRawShape),
      header: z.object(header),
      ...(query && { query }),
    },
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    ...(upload && { requestBody: { required: true, content: asFile(upload) } }),
    responses: {
      [success.status]: {
        description: summary,
        ...(versioned && { headers: z.object({ ETag: ETAG }) }),
        ...(success.status === 302 && { headers: z.object({ Location: LOCATION }) }),
        ...(success.schema && { content: { "application/json": { schema: success.schema } } }),
        ...(success.download && { content: asFile(success.download) }),
      },
      ...(success.download && {
        206: { description: "the part that Range asks for", content: asFile(success.download) },
        304: { description: "the caller has it: If-None-Match names its ETag" },
      }),
      ...problemResponses(operation),
    },
  };
}

function problemResponses(operation: Operation): ZodOpenApiResponsesObject {
  const { access, query, body, upload, versioned, problems = [] } = operation;
  const names = parametersOf(operation);
  const statuses = [
    ...(query || body || upload ? [400] : []),
    ...(access === "user" ? [401] : []),
    ...(names.includes("sessionId") ? [403] : []),
    ...(names.length > 0 ? [404] : []),
    ...(versioned && body ? [412] : []),
    ...(body || upload ? [413, 415] : []),
    ...[429, 503],
    ...problems,
  ];
  const content = { "application/problem+json": { schema: Problem } };
  const responses: ZodOpenApiResponsesObject = {
    default: { description: "any other fault, of the request or of the platform", content },
  };
  for (const status of statuses) {
    const headers = PROBLEM_HEADERS[status];
    const description = PROBLEMS[status] ?? "";
    responses[`${status}` as "400"] = { description, content, ...(headers && { headers }) };
  }
  return responses;
}

/** A body that is the bytes of a file: OpenAPI 3.1.1, 4.8.14.2. */
function asFile(contentTypes: readonly string[]) {
  return Object.fromEntries(contentTypes.map((type) => [type, {}]));
}

/** @returns the names between braces in an operation's path. */
function parametersOf({ path }: Operation): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
}
