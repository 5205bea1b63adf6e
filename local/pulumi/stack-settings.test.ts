import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Config, readConfig } from "../../infra/config.ts";
import { REPOSITORY } from "../repository.ts";
import { composeStackSettings, decidedBy } from "./stack-settings.ts";

const machine = {
  kubeconfig: "/k",
  context: "kind-dev",
  imageRegistry: "localhost/mobile-ai-agent",
  imageTags: { redis: "0123456789abcdef" },
  httpsPort: 9443,
};
const committed = await readFile(join(REPOSITORY, "Pulumi.local.yaml"), "utf8");
const configOf = (text: string): Record<string, unknown> => parse(text).config;

/** As the engine hands configuration to a program: text, and JSON for what has structure. */
const asTexts = (config: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

test("the driver passes the keys that depend on the machine, each one known to the program, and no other", () => {
  const passed = Object.keys(configOf(composeStackSettings("config: {}", undefined, decidedBy(machine))));
  expect(passed.sort()).toEqual(
    ["cluster", "httpsPort", "imageRegistry", "imageTags"].map((key) => `mobile-ai-agent:${key}`),
  );
  const known = Object.keys(Config.shape).map((key) => `mobile-ai-agent:${key}`);
  expect(known).toEqual(expect.arrayContaining(passed));
});

test("the program accepts the committed stack with them", () => {
  const config = readConfig(
    asTexts(configOf(composeStackSettings(committed, undefined, decidedBy(machine)))),
  );
  const { kubeconfig, context, ...others } = machine;
  expect(config).toMatchObject({ cluster: { kind: "existing", kubeconfig, context }, ...others });
  expect(config.scaling["llm-server"]).toEqual({ min: 1, max: 2, cpuPercent: 70, memoryPercent: 80 });
});

test("a committed stack decides nothing that the machine does", () => {
  const decided = Object.keys(configOf(composeStackSettings("config: {}", undefined, decidedBy(machine))));
  expect(Object.keys(configOf(committed)).filter((key) => decided.includes(key))).toEqual([]);
});

test("what is not given is left to the program's default", () => {
  const { context: _, httpsPort: __, ...rest } = machine;
  const keys = Object.keys(configOf(composeStackSettings("config: {}", undefined, decidedBy(rest))));
  expect(keys).not.toContain("mobile-ai-agent:httpsPort");
});

test("the salt of the stack's encryption outlives a run, and old configuration does not", () => {
  const previous = 'encryptionsalt: v1:abc\nconfig:\n  mobile-ai-agent:imageTag: "old"\n';
  const settings = parse(composeStackSettings(committed, previous, decidedBy(machine)));
  expect(settings.encryptionsalt).toBe("v1:abc");
  expect(settings.config).not.toHaveProperty("mobile-ai-agent:imageTag");
});
