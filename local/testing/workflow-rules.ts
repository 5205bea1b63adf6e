import { unknownCommands } from "./npm-commands.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly "runs-on"?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: unknown;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}
export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** What a job may do beyond reading the repository, and for what. Whoever needs more says so here. */
const GRANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "images.yml build": { packages: "write" },
  // A signature without a key: the job's identity is what is signed with.
  "images.yml sign": { packages: "write", "id-token": "write" },
  "images.yml deploy": { actions: "read", packages: "read", "id-token": "write" },
  // The images' list is another run's; the role on AWS is given for the job's identity.
  "deploy.yml production": { actions: "read", packages: "read", "id-token": "write" },
};

const PINNED = /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
const CREDENTIAL = /token|secret|passw|_key\b/i;
/** The one place for a credential in a command: another program's standard input. */
const LOGIN = /^docker login ghcr\.io --username "\$GITHUB_ACTOR" --password-stdin <<< "\$GITHUB_TOKEN"$/;
const MOST_LINES = 2;

/**
 * @param file name below `.github/workflows`
 * @param text of it, and `workflow`, the same parsed
 * @param own paths of this repository's own workflows and actions, as in `./.github/workflows/full-test.yml`
 * @returns what is against the rules of GitHub's guide to secure use, or of this project
 * @see https://docs.github.com/en/actions/reference/security/secure-use
 */
export function workflowFaults(
  file: string,
  { text, workflow, own }: { text: string; workflow: Workflow; own: readonly string[] },
): string[] {
  return [
    ...permissionFaults(file, workflow),
    ...actionFaults(text, own),
    ...triggerFaults(workflow),
    ...Object.entries(workflow.jobs).flatMap(([name, job]) => jobFaults(name, job)),
    ...(/\bsecrets[.:[]/.test(text) ? ["a secret is stored at GitHub: use the job's identity instead"] : []),
    ...(/\blatest\b/.test(text) ? ["something is taken in its latest version"] : []),
  ];
}

function permissionFaults(file: string, { permissions, jobs }: Workflow): string[] {
  const faults = isSame(permissions, { contents: "read" })
    ? []
    : ["the workflow's permissions are not {contents: read}"];
  for (const [name, job] of Object.entries(jobs)) {
    const grant = GRANTS[`${file} ${name}`];
    const expected = grant && { contents: "read", ...grant };
    if (!isSame(job.permissions, expected)) {
      faults.push(`${name}: its permissions are not ${JSON.stringify(expected ?? "those of the workflow")}`);
    }
  }
  return faults;
}

/** An action's code is what its commit says; a tag can be moved. */
export function actionFaults(text: string, own: readonly string[]): string[] {
  const actions = [...text.matchAll(/uses: (.*)$/gm)].map(([, action = ""]) => action);
  return actions
    .filter((action) => !(action.startsWith("./") ? own.includes(action) : PINNED.test(action)))
    .map(
      (action) => `${action} is neither pinned by commit with its version beside it nor in this repository`,
    );
}

function triggerFaults({ on }: Workflow): string[] {
  return ["pull_request_target", "workflow_run", "issue_comment"]
    .filter((trigger) => trigger in on)
    .map((trigger) => `${trigger} runs with the rights of this repository what a stranger started`);
}

function jobFaults(name: string, job: Job): string[] {
  const faults: string[] = [];
  if (!job.uses && !/-\d+\.\d+('\s*\}\})?$/.test(job["runs-on"] ?? ""))
    faults.push("its system has no version");
  if (!job.uses && !((job["timeout-minutes"] ?? 0) > 0)) faults.push("it may run for ever");
  for (const { uses, run = "", with: options } of job.steps ?? []) {
    if (uses?.startsWith("actions/checkout@") && options?.["persist-credentials"] !== false) {
      faults.push("its checkout leaves the token on the disk");
    }
    faults.push(...runFaults(run));
  }
  const deploys = job.steps?.some(({ run }) => run?.startsWith("npm run deploy"));
  if (deploys && !job.environment) faults.push("it deploys outside of a protected environment");
  return faults.map((fault) => `${name}: ${fault}`);
}

/** A step is a script of the repository, or a line or two. */
export function runFaults(run: string): string[] {
  const lines = run.split("\n").filter((line) => line.trim());
  const faults = unknownCommands(run).map((command) => `there is no \`${command}\``);
  if (lines.length > MOST_LINES)
    faults.push(`${lines.length} lines of shell: make them a script of the repository`);
  if (run.includes("${{")) faults.push("text of others becomes part of a command: pass it by env");
  if (lines.some((line) => CREDENTIAL.test(line) && !LOGIN.test(line.trim()))) {
    faults.push("a credential is in a command, from where it gets into logs and process lists");
  }
  if (/\bset -\w*x|\bprintenv\b|^\s*env\s*$/m.test(run)) faults.push("the environment is printed");
  return faults;
}

const sorted = (value: object) => Object.entries(value).sort();
const isSame = (one: unknown, other: object | undefined) =>
  one === undefined || one === null || typeof one !== "object" || other === undefined
    ? one === other
    : JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
