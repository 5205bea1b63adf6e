import { defineConfig } from "vitest/config";
import { InOrder, LIFECYCLE_FILES } from "./tests/e2e/order.ts";

const roots = ["packages", "apps", "infra", "policies", "local", "mobile"];
const node = { environment: "node" as const, testTimeout: 30_000, hookTimeout: 60_000 };

/** `unit` needs nothing, `integration` real Redis, FerretDB or an API server, `e2e` a whole platform. */
export default defineConfig({
  test: {
    sequence: { sequencer: InOrder },
    coverage: {
      provider: "v8",
      // Named, so that a file which no test loads counts too.
      include: roots.map((root) => `${root}/**/*.ts`),
      exclude: ["**/*.test.ts", "**/testing/**", "packages/test-support/**"],
    },
    projects: [
      {
        test: {
          ...node,
          name: "unit",
          include: roots.map((root) => `${root}/**/*.test.ts`),
          exclude: ["**/node_modules/**", "**/*.integration.test.ts"],
        },
      },
      {
        test: {
          ...node,
          name: "integration",
          include: [...roots, "tests/security", "tests/chaos"].map(
            (root) => `${root}/**/*.integration.test.ts`,
          ),
          fileParallelism: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...node,
          name: "e2e",
          include: ["tests/e2e/**/*.e2e.test.ts"],
          exclude: process.env.E2E_INSTANCE ? [...LIFECYCLE_FILES] : [],
          globalSetup: "tests/e2e/whole-platform.ts",
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
