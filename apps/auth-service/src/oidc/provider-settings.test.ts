import { describe, expect, it } from "vitest";
import { usernameOf } from "./accounts.ts";
import { providerList } from "./provider-settings.ts";

const GOOD = { id: "work", label: "Work", issuer: "https://sso.example.com/realm", client_id: "agent" };
const faultsOf = (providers: unknown) =>
  providerList.safeParse(typeof providers === "string" ? providers : JSON.stringify(providers)).error
    ?.issues[0]?.message;

describe("the list of providers", () => {
  it("is empty unless given, and asks for an e-mail address and a name unless told", () => {
    expect(providerList.parse(undefined)).toEqual([]);
    expect(providerList.parse(JSON.stringify([GOOD]))).toEqual([
      {
        ...GOOD,
        token_endpoint_auth_method: "client_secret_basic",
        scopes: ["openid", "email", "profile"],
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["what is not JSON", '[{"client_secret": hunter2}]', "is no list of providers: the list"],
    ["a key that is none", [{ ...GOOD, secret: "hunter2" }], "0"],
    [
      "an issuer without TLS",
      [{ ...GOOD, issuer: "http://sso.example.com" }],
      "0.issuer: must be an https address",
    ],
    [
      "an issuer with a query",
      [{ ...GOOD, issuer: "https://sso.example.com/?a" }],
      "0.issuer: must have neither",
    ],
    ["an id that is no part of an address", [{ ...GOOD, id: "a/b" }], "0.id: lower-case letters"],
    ["one without openid", [{ ...GOOD, scopes: ["email"] }], "0.scopes: must have openid"],
    ["two of one id", [GOOD, { ...GOOD, label: "Other" }], "the list: must have ids that differ"],
  ])("refuses %s, without repeating what may be secret", (_name, providers, fault) => {
    expect(faultsOf(providers)).toContain(fault);
    expect(faultsOf(providers)).not.toContain("hunter2");
  });

  it("takes a provider on this machine without TLS", () => {
    expect(faultsOf([{ ...GOOD, issuer: "http://127.0.0.1:8080" }])).toBeUndefined();
  });
});

describe("a username that comes from a provider", () => {
  it.each([
    ["ada.lovelace@example.org", "ada_lovelace"],
    ["Zoë Müller", "Zoe_Muller"],
    ["李", "user_new"],
    ["li", "user_li"],
    ["..__..", "user_new"],
    ["x".repeat(90), "x".repeat(40)],
  ])("is made of %s", (name, username) => {
    expect(usernameOf(name)).toBe(username);
    expect(username).toMatch(/^[A-Za-z0-9_]{3,43}$/);
  });
});
