import { expect, it } from "vitest";
import { ruleOf, userOf, usersBefore, withNextUser, withoutUsersBefore } from "./redis-users.ts";

const HASH = "0".repeat(64);
const FIRST = {
  url: "redis://agent:first@redis:6379",
  acl: `user default reset off\nuser keeper reset on #${HASH} +acl|setuser\nuser agent reset on #${HASH} ~* +@all -@admin\n`,
};

it("users take turns, each with a password of its own and the rights of the one before", () => {
  const both = withNextUser(FIRST);
  expect(userOf(both)).toBe("agent2");
  expect(usersBefore(both)).toEqual(["agent"]);
  expect(ruleOf(both)).toMatch(/^user agent2 reset on #[0-9a-f]{64} ~\* \+@all -@admin$/);
  expect(ruleOf(both)).not.toContain(HASH);
  const second = withoutUsersBefore(both);
  expect(usersBefore(second)).toEqual([]);
  expect(second.acl).toMatch(/^user default .*\nuser keeper .*\nuser agent2 .*\n$/);
  expect(userOf(withNextUser(second))).toBe("agent");
});
