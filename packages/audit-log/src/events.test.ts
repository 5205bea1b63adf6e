import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** They are types, so the source is read. */
const DECLARED = [...read("packages/audit-log/src/events.ts").matchAll(/^ {2}"([a-z.-]+)": /gm)].map(
  ([, action = ""]) => action,
);

/** In a union type: naming an action there records nothing. */
const UNIONS = /"[^"\n]*"(\s*\|\s*"[^"\n]*")+|^\s*\| "[^"\n]*";?$/gm;
/** What runs on the platform. */
const CODE = globSync("{apps,packages}/*/src/**/*.ts", { cwd: ROOT })
  .filter((path) => !/(\.test\.ts|audit-log\/src\/events\.ts)$|\/testing\//.test(path))
  .map((path) => read(path).replace(UNIONS, ""));

const unnamed = (actions: readonly string[]) =>
  actions.filter((action) => !CODE.some((code) => code.includes(`"${action}"`)));

it("every event that is declared is named where something could record it", () => {
  expect(DECLARED.length).toBeGreaterThan(25);
  expect(unnamed(DECLARED)).toEqual([]);
});

it("one that nothing records would be found", () => {
  expect(unnamed(["sign-in.succeeded", "sign-in.forgotten"])).toEqual(["sign-in.forgotten"]);
});
