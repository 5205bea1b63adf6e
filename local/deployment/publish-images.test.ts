import { expect, it } from "vitest";
import { checkRegistry } from "./publish-images.ts";

it.each([
  "ghcr.io/you/mobile-ai-agent",
  "localhost:5000",
  "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent/",
])("takes %s as a registry", (registry) => {
  expect(checkRegistry(registry)).toBe(registry.replace(/\/$/, ""));
});

it.each(["https://ghcr.io/you", "ghcr.io/You/agent", "ghcr.io//agent", "ghcr.io/agent:tag", ""])(
  'refuses "%s" and says what a registry looks like',
  (registry) => {
    expect(() => checkRegistry(registry)).toThrow("such as ghcr.io/you/mobile-ai-agent");
  },
);
