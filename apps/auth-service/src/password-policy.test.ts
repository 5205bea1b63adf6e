import { describe, expect, it } from "vitest";
import { createPasswordPolicy } from "./password-policy.ts";

const names = { username: "annabelle_lee", email: "annabelle.lee@example.org" };
const policy = createPasswordPolicy({ requireClasses: false });

describe("createPasswordPolicy", () => {
  it.each([
    "password12345678",
    "passwordpassword",
    "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
    "aaaaaaaaaaaaaaaaaaaaaaaa",
    "123456789123456",
    "qwertyuiopasdfghjkl",
    "iloveyou12345678",
    "annabelle_lee123",
    "annabelle.lee@example.org",
    "mobile-ai-agent1",
  ])("refuses %s", (password) => {
    expect(policy.faultOf(password, names)).toMatch(/too easy to guess/);
  });

  it.each(["correct horse battery", "my dog eats blue socks", "гроза в начале мая", "7Kd9-pQ2x-LmZ4-vT8n"])(
    "takes %s",
    (password) => {
      expect(policy.faultOf(password, names)).toBeUndefined();
    },
  );

  it("asks for classes of characters only where that is wanted, and names those that lack", () => {
    const strict = createPasswordPolicy({ requireClasses: true });
    expect(strict.faultOf("correct horse battery", names)).toBe(
      "has to have an upper-case letter, a digit, a symbol",
    );
    expect(strict.faultOf("Correct horse: 4 batteries", names)).toBeUndefined();
  });

  it("judges the first 64 characters, since judging all takes longer than linear time", () => {
    const good = "correct horse battery";
    expect(policy.faultOf(`${"a".repeat(64 - good.length)}${good}`, names)).toBeUndefined();
    expect(policy.faultOf(`${"a".repeat(64)}${good}`, names)).toContain("too easy to guess");
  });
});
