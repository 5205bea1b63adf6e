import { describe, expect, test } from "vitest";
import { imageOf, readConfig } from "./config.ts";

const project = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`mobile-ai-agent:${key}`, value]));

describe("readConfig", () => {
  test("gives every default, so that an empty stack works", () => {
    expect(readConfig({})).toMatchObject({
      namespace: "mobile-ai-agent",
      host: "localhost",
      httpsPort: 8443,
      ingressClass: "traefik",
      imageTags: {},
    });
  });

  test("reads numbers and objects, and leaves other packages' keys alone", () => {
    const config = readConfig({
      ...project({ httpsPort: "9443", imageTags: '{"redis":"abc"}', imageTag: "12345" }),
      "kubernetes:namespace": "elsewhere",
    });
    expect(config.httpsPort).toBe(9443);
    expect(config.imageTag).toBe("12345");
    expect(imageOf(config, "redis")).toBe("localhost/mobile-ai-agent/redis:abc");
    expect(imageOf(config, "api-gateway")).toBe("localhost/mobile-ai-agent/api-gateway:12345");
  });

  test("names an image by its digest where there is one, else by its tag", () => {
    const digest = `sha256:${"0a".repeat(32)}`;
    const config = readConfig(
      project({
        imageTags: '{"redis":"abc","backup":"abc"}',
        imageDigests: JSON.stringify({ redis: digest }),
      }),
    );
    expect(imageOf(config, "redis")).toBe(`localhost/mobile-ai-agent/redis@${digest}`);
    expect(imageOf(config, "backup")).toBe("localhost/mobile-ai-agent/backup:abc");
  });

  test.each([
    [
      "a digest that is cut off",
      { imageDigests: '{"redis":"sha256:0a0a"}' },
      "mobile-ai-agent:imageDigests.redis",
    ],
    ["a digest of no image", { imageDigests: `{"rediss":"sha256:${"0a".repeat(32)}"}` }, "imageDigests"],
    ["an unknown key", { nameSpace: "x" }, "mobile-ai-agent:nameSpace"],
    ["a malformed number", { httpsPort: "84x3" }, "mobile-ai-agent:httpsPort"],
    ["a port out of range", { httpsPort: "70000" }, "mobile-ai-agent:httpsPort"],
    ["an upper-case namespace", { namespace: "Agent" }, "mobile-ai-agent:namespace"],
    ["text instead of an object", { imageTags: "dev" }, "mobile-ai-agent:imageTags"],
    ["an unknown service", { scaling: '{"gateway":{"min":1,"max":1}}' }, "mobile-ai-agent:scaling"],
    ["min above max", { scaling: '{"default":{"min":3,"max":1}}' }, "mobile-ai-agent:scaling.default"],
    [
      "a malformed quantity",
      {
        resources:
          '{"default":{"requests":{"cpu":"50 m","memory":"1Gi"},"limits":{"cpu":"1","memory":"1Gi"}}}',
      },
      "mobile-ai-agent:resources.default.requests.cpu",
    ],
  ])("names the key of %s", (_, values, key) => {
    expect(() => readConfig(project(values as Record<string, string>))).toThrow(key);
  });

  test("names all faults at once", () => {
    const read = () => readConfig(project({ httpsPort: "x", colour: "red" }));
    expect(read).toThrow("mobile-ai-agent:httpsPort");
    expect(read).toThrow("mobile-ai-agent:colour");
  });
});
