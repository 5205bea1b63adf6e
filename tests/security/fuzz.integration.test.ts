import { createIssuer } from "@mobile-ai-agent/test-support";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goodCall } from "./api/calls.ts";
import { hostileBodies, hostileCalls } from "./api/hostile-calls.ts";
import { faultsOf, faultsOfRefusal } from "./api/judge.ts";
import { DESCRIBED } from "./api/operations.ts";
import { send } from "./api/send.ts";
import { callAs, furnish, signUp } from "./api/users.ts";
import { validCalls } from "./api/valid-calls.ts";
import { type Platform, startPlatform } from "./platform.ts";

/** Of each operation. `npm run fuzz` sends many more. */
const VALID = 12;
const HOSTILE = 30;

const issuer = createIssuer();
let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform(issuer);
});
afterAll(() => platform?.stop());

const newUser = async () => furnish(platform, await signUp(platform.gateway, issuer.issuer));

describe.each(DESCRIBED)("$id", (operation) => {
  it("answers as it is described to whatever its schemas take", async () => {
    const valid = validCalls(operation, await newUser());
    const property = fc.asyncProperty(valid, async (call) => {
      expect(faultsOf(operation, await send(platform.gateway, call))).toEqual([]);
    });
    await fc.assert(property, { numRuns: VALID });
  });

  it("refuses what is wrong, with a problem, and fails at nothing", async () => {
    const valid = validCalls(operation, await newUser());
    const property = fc.asyncProperty(hostileCalls(valid), async ({ call, isElsewhere }) => {
      const answer = await send(platform.gateway, call);
      // The answer to HEAD has no body to judge.
      if (call.method === "HEAD") expect(answer.status).toBeLessThan(500);
      else if (!isElsewhere) expect(faultsOf(operation, answer)).toEqual([]);
      else if (answer.status >= 400) expect(faultsOfRefusal(answer)).toEqual([]);
    });
    await fc.assert(property, { numRuns: HOSTILE });
  });
});

describe.each(DESCRIBED.filter(({ body }) => body))("$id", (operation) => {
  it("takes or refuses what a database may misread, in each place of its body", async () => {
    const user = await newUser();
    const call = await goodCall(operation, { origin: platform.gateway, user });
    const names = Object.keys(operation.body?.properties ?? {});
    const faults: object[] = [];
    for (const body of hostileBodies(JSON.parse(`${call.body}`), names)) {
      const found = faultsOf(operation, await send(platform.gateway, { ...call, body }));
      if (found.length > 0) faults.push({ body: body.slice(0, 300), found });
    }
    expect(faults).toEqual([]);
  });
});

it("goes by a request's method, whatever its headers say of another", async () => {
  const user = await newUser();
  const call = { method: "GET", path: `/api/media/${user.ids.mediaId}` };
  for (const name of ["x-http-method-override", "x-http-method", "x-method-override"]) {
    const headers = { authorization: `Bearer ${user.token}`, [name]: "DELETE" };
    expect((await send(platform.gateway, { ...call, headers })).status).toBe(200);
  }
  expect((await callAs(platform.gateway, user, [call.method, call.path])).status).toBe(200);
});

it("goes on for everybody after all that", async () => {
  const user = await newUser();
  const answer = await callAs(platform.gateway, user, ["GET", "/api/session"]);
  expect(JSON.parse(answer.body)).toMatchObject({ sessions: [{ title: user.username }] });
});
