import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { REPOSITORY } from "../repository.ts";
import { createToolchain } from "../toolchain/index.ts";
import { formatDump } from "./dump.ts";
import { previewStack } from "./preview.ts";

/** @returns the resources of a dump, by type and name. */
const resourcesOf = (dump: string): Record<string, unknown> =>
  Object.assign({}, ...parseAllDocuments(dump).map((document) => document.toJS()));

const only = (resources: Record<string, unknown>, keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, resources[key] ?? "not there"]));

describe.each(["local", "prod"])("stack %s", { timeout: 120_000 }, (stack) => {
  test("is what infra/golden has; a wanted change is written there by `npm run preview -- --stack … --dump …`", async () => {
    const file = join("infra", "golden", `${stack}.yaml`);
    const golden = resourcesOf(await readFile(join(REPOSITORY, file), "utf8"));
    const signal = AbortSignal.timeout(110_000);
    const preview = await previewStack(stack, { toolchain: createToolchain() }, { signal, report() {} });
    const now = resourcesOf(formatDump(preview.resources));
    const changed = [...new Set([...Object.keys(golden), ...Object.keys(now)])].filter(
      (key) => JSON.stringify(golden[key]) !== JSON.stringify(now[key]),
    );
    const command = `npm run preview -- --stack ${stack} --dump ${file}`;
    expect(only(now, changed), `not as in ${file}; if it is meant: ${command}`).toEqual(
      only(golden, changed),
    );
  });

  test("has no secret in its golden file", async () => {
    const golden = await readFile(join(REPOSITORY, "infra", "golden", `${stack}.yaml`), "utf8");
    expect(golden).toContain("[secret]");
    expect(golden).not.toMatch(/PRIVATE KEY|rediss?:\/\/|mongodb(\+srv)?:\/\/[^ ]*@/);
  });
});
