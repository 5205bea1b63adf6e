import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files build on one another, as a person's day does: up, talk, look, down. */
const ORDER = ["up", "chat", "mcp", "app", "monitoring", "cluster", "operations", "recovery", "down"];
/** They make, break and remove the platform: none for one that somebody uses. */
const LIFECYCLE = ["up", "recovery", "down"];

const fileOf = (name: string) => `${name}.e2e.test.ts`;
const rank = ({ moduleId }: TestSpecification) =>
  ORDER.findIndex((name) => basename(moduleId) === fileOf(name));

/** Runs the end-to-end files in the order above, and others as Vitest does. */
export class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Files that are left out on the platform that `E2E_INSTANCE` names. */
export const LIFECYCLE_FILES: readonly string[] = LIFECYCLE.map((name) => `tests/e2e/${fileOf(name)}`);
