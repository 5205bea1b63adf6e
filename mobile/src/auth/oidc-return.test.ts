import { OidcError } from "@mobile-ai-agent/contracts";
import { describe, expect, it } from "vitest";
import { RETURN_URL, readReturn, startUrl, wordsFor } from "./oidc-return.ts";

describe("a sign-in with a provider", () => {
  it("begins at the platform, and comes back to the app only with a challenge", () => {
    expect(startUrl("https://a.example", "work")).toBe("https://a.example/api/auth/oidc/work/start");
    expect(startUrl("https://a.example", "work", "abc")).toMatch(/\?client=app&code_challenge=abc$/);
  });

  it("ends with a code, or with words", () => {
    expect(readReturn(`${RETURN_URL}?code=abc`)).toEqual({ code: "abc" });
    expect(readReturn(`${RETURN_URL}?oidc_error=cancelled`)).toEqual({ fault: "The sign-in was cancelled." });
  });

  it("takes no code from another address", () => {
    for (const url of [`${RETURN_URL}.evil?code=abc`, "https://a.example?code=abc", "", RETURN_URL])
      expect(readReturn(url)).toHaveProperty("fault");
  });

  it("has words for each error, and for those that are new", () => {
    for (const error of OidcError.options) expect(wordsFor(error)).toMatch(/\.$/);
    expect(wordsFor("of-tomorrow")).toBe(wordsFor("failed"));
    expect(wordsFor(undefined)).toBeUndefined();
  });
});
