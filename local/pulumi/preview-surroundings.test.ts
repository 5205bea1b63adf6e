import { expect, test } from "vitest";
import { inventSecrets } from "./preview-surroundings.ts";

test("encrypted values of a stack's file are replaced by ones that the program takes, and nothing else is", () => {
  const config = {
    "mobile-ai-agent:host": "agent.example.com",
    "mobile-ai-agent:aws": { zones: ["a"] },
    "mobile-ai-agent:documentDatabase": {
      kind: "mongodb",
      uri: { secure: "v1:abc" },
      networks: ["10.0.0.0/8"],
    },
    "mobile-ai-agent:token": { secure: "v1:def" },
  };
  expect(inventSecrets(config)).toEqual({
    documentDatabase: {
      kind: "mongodb",
      uri: "mongodb://agent:invented@database.invalid/agent",
      networks: ["10.0.0.0/8"],
    },
    token: "invented",
  });
});
