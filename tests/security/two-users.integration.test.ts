import { createIssuer } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMON, goodCall, pathOf, queryOf } from "./api/calls.ts";
import { faultsOf } from "./api/judge.ts";
import { DESCRIBED, type Described, pathParameters, type Schema } from "./api/operations.ts";
import { type Answer, send } from "./api/send.ts";
import { callAs, furnish, signUp, type User } from "./api/users.ts";
import { type Platform, startPlatform } from "./platform.ts";

const issuer = createIssuer();
let platform: Platform;
let owner: User;

beforeAll(async () => {
  platform = await startPlatform(issuer);
  owner = await newUser();
});
afterAll(() => platform?.stop());

const newUser = async () => furnish(platform, await signUp(platform.gateway, issuer.issuer));

/** What of the owner's is in an answer. Ids are of those things alone that the caller didn't name. */
function leaksIn(answer: Answer, named: string): string[] {
  const secrets = [owner.username, owner.sessionToken ?? "", owner.token, ...Object.values(owner.ids)];
  const text = JSON.stringify(answer);
  return secrets.filter((secret) => !named.includes(secret) && text.includes(secret));
}

/** What the owner sees of their things. */
async function ownersView(): Promise<string[]> {
  const reads = DESCRIBED.filter(
    ({ method, path, needsUser }) => method === "GET" && needsUser && !path.startsWith("/api/admin/"),
  );
  const answers = [];
  for (const operation of reads) {
    const path = pathOf(operation, owner.ids) + queryOf(operation, owner);
    const answer = await callAs(platform.gateway, owner, ["GET", path]);
    expect(faultsOf(operation, answer), operation.id).toEqual([]);
    expect(answer.status, operation.id).toBe(operation.source.success.status);
    answers.push(`${operation.id} ${withoutSignature(answer.body)}`);
  }
  return answers;
}

/** Signed addresses and times are new in each answer. */
function withoutSignature(body: string): string {
  return body.replace(/"[^"]*(?:url|urls_expire_at|exported_at)":"[^"]*"/g, "");
}

/** Ids of things in a body: `media_id` is `{mediaId}` of a path. */
function idsIn(schema: Schema | undefined): [property: string, fixture: string][] {
  return Object.keys(schema?.properties ?? {})
    .map((name): [string, string] => [name, name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())])
    .filter(([, fixture]) => DESCRIBED.some((operation) => pathParameters(operation).includes(fixture)));
}

/** Those that remove or supersede what the path names come last. */
const byHarm = ({ id, method }: Described) =>
  Number(method === "DELETE" || id.startsWith("remove") || id === "editMessage");
const namesOwn = (operation: Described) => pathParameters(operation).some((name) => !(name in COMMON));
const withParameters = DESCRIBED.filter(namesOwn);
const ofUsers = withParameters.toSorted((one, other) => byHarm(one) - byHarm(other));

describe("a user who knows another's ids", () => {
  it.each(ofUsers)("gets nothing by $id, and changes nothing", async (operation) => {
    const stranger = await newUser();
    const before = await ownersView();
    const call = await goodCall(operation, { origin: platform.gateway, user: stranger, ids: owner.ids });
    for (const sessionToken of [undefined, owner.sessionToken, stranger.sessionToken]) {
      const headers = { ...call.headers, ...(sessionToken && { "x-session-token": sessionToken }) };
      const answer = await send(platform.gateway, { ...call, headers });
      expect([403, 404]).toContain(answer.status);
      expect(faultsOf(operation, answer)).toEqual([]);
      expect(leaksIn(answer, call.path)).toEqual([]);
    }
    expect(await ownersView()).toEqual(before);
    // The same is good when the owner does it, so it was the ids' owner that decided.
    const own = await send(
      platform.gateway,
      await goodCall(operation, { origin: platform.gateway, user: owner }),
    );
    expect([own.status, faultsOf(operation, own)]).toEqual([operation.source.success.status, []]);
    if (byHarm(operation)) owner = await newUser();
  });

  const withIds = DESCRIBED.flatMap((operation) =>
    idsIn(operation.body).map(([property, fixture]) => ({ ...operation, property, fixture })),
  );
  it.each(withIds)(
    "gets nothing by $property in the body of $id",
    async ({ property, fixture, ...operation }) => {
      const stranger = await newUser();
      const call = await goodCall(operation, { origin: platform.gateway, user: stranger });
      const body = { ...JSON.parse(`${call.body}`), ...bodyNaming(property, owner.ids[fixture]) };
      const answer = await send(platform.gateway, { ...call, body: JSON.stringify(body) });
      expect([403, 404]).toContain(answer.status);
      expect(faultsOf(operation, answer)).toEqual([]);
    },
  );

  it.each(DESCRIBED.filter((operation) => !namesOwn(operation)))(
    "sees nothing of theirs in $id",
    async (operation) => {
      const stranger = await newUser();
      const call = await goodCall(operation, { origin: platform.gateway, user: stranger });
      const answer = await send(platform.gateway, call);
      expect(faultsOf(operation, answer)).toEqual([]);
      expect(leaksIn(answer, call.path)).toEqual([]);
      const isForAdmins = operation.path.startsWith("/api/admin/");
      expect(answer.status).toBe(isForAdmins ? 403 : operation.source.success.status);
    },
  );
});

describe("nobody", () => {
  it.each(DESCRIBED.filter(({ needsUser }) => needsUser))("gets anything by $id", async (operation) => {
    const { headers, ...call } = await goodCall(operation, {
      origin: platform.gateway,
      user: await newUser(),
    });
    const { authorization: _, ...anonymous } = headers;
    const answer = await send(platform.gateway, { ...call, headers: anonymous });
    expect([answer.status, faultsOf(operation, answer)]).toEqual([401, []]);
  });
});

/** A message that shows another's picture has to be one of a picture. */
function bodyNaming(property: string, id: string | undefined): object {
  return property === "media_id" ? { type: "image", media_id: id } : { [property]: id };
}
