import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { REPOSITORY } from "../repository.ts";
import { actionFaults, runFaults, type Workflow, workflowFaults } from "./workflow-rules.ts";

const FOLDER = ".github/workflows";
const files = readdirSync(join(REPOSITORY, FOLDER));
const actions = globSync(".github/actions/*/action.yml", { cwd: REPOSITORY });
const own = [
  ...files.map((file) => `./${FOLDER}/${file}`),
  ...actions.map((file) => `./${join(file, "..")}`),
];
const read = (file: string) => readFileSync(join(REPOSITORY, file), "utf8");
const load = (file: string) => read(join(FOLDER, file));

function faultsOf(file: string, text: string): string[] {
  return workflowFaults(file, { text, workflow: parse(text) as Workflow, own });
}

it.each(files)("workflow %s keeps the rules", (file) => {
  expect(faultsOf(file, load(file))).toEqual([]);
});

it.each(actions)("%s keeps the rules", (file) => {
  const text = read(file);
  const { steps } = parse(text).runs as { steps: { run?: string }[] };
  expect([...actionFaults(text, own), ...steps.flatMap(({ run = "" }) => runFaults(run))]).toEqual([]);
});

describe("the rules", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of a workflow
  const HEAD_REF = "${{ github.head_ref }}";
  const PERMISSIONS = "permissions:\n  contents: read\n\n";
  const LOGIN = `docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin <<< "$GITHUB_TOKEN"`;

  it.each([
    [
      "an action by tag",
      "pull-request.yml",
      /setup-node@\w{40} # v/,
      "setup-node@v",
      "neither pinned by commit",
    ],
    ["a short commit", "images.yml", /scan-action@\w{33}/, "scan-action@", "neither pinned by commit"],
    ["an action that isn't there", "nightly.yml", "build-machine", "build-engine", "nor in this repository"],
    ["no permissions", "nightly.yml", PERMISSIONS, "", "the workflow's permissions"],
    ["all permissions", "nightly.yml", "contents: read", "contents: write", "the workflow's permissions"],
    ["no permissions of a job", "images.yml", "      packages: write\n", "", "build: its permissions"],
    [
      "more permissions",
      "images.yml",
      "packages: write",
      "packages: write\n      id-token: write",
      "build: its perm",
    ],
    [
      "a job that grants itself",
      "pull-request.yml",
      "    needs: checks",
      "    permissions: write-all\n    needs: checks",
      "platform: its perm",
    ],
    ["a secret that is echoed", "deploy.yml", LOGIN, 'echo "$GITHUB_TOKEN"', "a credential is in a command"],
    [
      "a secret in arguments",
      "images.yml",
      LOGIN,
      'docker login -p "$GITHUB_TOKEN" ghcr.io',
      "a credential is in a",
    ],
    ["an environment that is printed", "images.yml", LOGIN, "printenv", "the environment is printed"],
    ["a stored secret", "deploy.yml", "github.token", "secrets.DEPLOY", "a secret is stored"],
    ["text in a command", "pull-request.yml", '"$STACK"', HEAD_REF, "becomes part of a command"],
    [
      "a stranger's trigger",
      "pull-request.yml",
      "pull_request:",
      "pull_request_target:",
      "what a stranger started",
    ],
    [
      "a token left behind",
      "full-test.yml",
      "persist-credentials: false",
      "fetch-depth: 0",
      "leaves the token",
    ],
    ["a moving system", "nightly.yml", "ubuntu-24.04", "ubuntu-latest", "its system has no version"],
    ["an endless job", "nightly.yml", "    timeout-minutes: 60\n", "", "it may run for ever"],
    [
      "an unprotected deployment",
      "deploy.yml",
      "    environment: production\n",
      "",
      "a protected environment",
    ],
    ["a missing script", "deploy.yml", "npm run deploy ", "npm run ship ", "there is no `npm run ship"],
  ])("find %s", (_, file, from, to, fault) => {
    const planted = load(file).replace(from, to);
    expect(planted).not.toBe(load(file));
    expect(faultsOf(file, planted).join("\n")).toContain(fault);
  });
});

it("previews every stack on a pull request", () => {
  const { jobs } = parse(load("pull-request.yml"));
  const stacks = globSync("Pulumi.*.yaml", { cwd: REPOSITORY }).map((file) => file.split(".")[1]);
  expect(jobs.preview.strategy.matrix.stack.toSorted()).toEqual(stacks.toSorted());
});
