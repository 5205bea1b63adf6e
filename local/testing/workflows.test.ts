import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { REPOSITORY } from "../repository.ts";
import { unknownCommands } from "./npm-commands.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly "runs-on"?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: unknown;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = ".github/workflows";
const files = readdirSync(join(REPOSITORY, FOLDER));
const read = (file: string) => readFileSync(join(REPOSITORY, FOLDER, file), "utf8");

/** GitHub's guide "Security hardening for GitHub Actions" is the source of these rules. */
describe.each(files)("workflow %s", (file) => {
  const text = read(file);
  const workflow = parse(text) as Workflow;
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps ?? []);

  it("may read the repository and nothing else", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(jobs.filter((job) => "permissions" in job)).toEqual([]);
    expect(text).not.toMatch(/secrets[.:]/);
    for (const { uses, with: options } of steps) {
      if (uses?.startsWith("actions/checkout@")) expect(options?.["persist-credentials"]).toBe(false);
    }
  });

  it("never runs with the rights of the base repository what a stranger wrote", () => {
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  it("takes actions by commit, with the version beside it, or from this repository", () => {
    for (const [, action] of text.matchAll(/uses: (.*)$/gm)) {
      if (action?.startsWith(`./${FOLDER}/`)) {
        expect(files).toContain(action.slice(FOLDER.length + 3));
      } else expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("runs on a system by version, for a limited time", () => {
    expect(text).not.toMatch(/\blatest\b/);
    for (const job of jobs.filter(({ uses }) => !uses)) {
      expect(job["runs-on"]).toMatch(/-\d+\.\d+$/);
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
    }
  });

  it("runs scripts and suites that exist", () => {
    expect(unknownCommands(steps.map(({ run }) => run ?? "").join("\n"))).toEqual([]);
  });
});
