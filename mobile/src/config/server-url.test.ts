import { expect, it } from "vitest";
import { parseServerUrl } from "./server-url.ts";

it.each([
  ["agent.example.com", "https://agent.example.com"],
  [" https://agent.example.com:8443/ ", "https://agent.example.com:8443"],
  ["http://localhost:8081", "http://localhost:8081"],
])("takes %j", (typed, origin) => {
  expect(parseServerUrl(typed)).toBe(origin);
});

it.each(["", "http://agent.example.com", "ftp://agent.example.com", "https://me:x@agent.example.com", "a b"])(
  "refuses %j",
  (typed) => {
    expect(parseServerUrl(typed)).toBeUndefined();
  },
);
