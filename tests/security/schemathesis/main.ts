import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { createIssuer } from "@mobile-ai-agent/test-support";
import { DESCRIBED } from "../api/operations.ts";
import { furnish, signUp, type User } from "../api/users.ts";
import { startPlatform } from "../platform.ts";
import { watchTraffic } from "./traffic.ts";

/** A round names the user's own things in its paths, the next one whatever it likes, and so on. */
const ROUNDS = 4;

const CHECKS = [
  ...["not_a_server_error", "status_code_conformance", "content_type_conformance"],
  ...["response_schema_conformance", "response_headers_conformance", "ignored_auth"],
];

/** Ends every sign-in, so that all after it would be refused; it takes no input. */
const APART = "logoutAll";

/**
 * Sends requests that Schemathesis makes from the API's document to the services, which run in this process on real
 * databases. Ends with 1 when an answer is not as it is described, or is a fault of ours.
 *
 * Environment: SCHEMATHESIS, its executable, and what the integration tests need.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { requests: { type: "string" }, seed: { type: "string", default: "1" } },
  });
  const cleanup = new AsyncDisposableStack();
  try {
    await fuzz(Number(values.requests), Number(values.seed), cleanup);
  } finally {
    await cleanup.disposeAsync();
  }
}

async function fuzz(wanted: number, firstSeed: number, cleanup: AsyncDisposableStack): Promise<void> {
  const issuer = createIssuer();
  const platform = await startPlatform(issuer);
  cleanup.defer(() => platform.stop());
  const folder = cleanup.use(await mkdtempDisposable(join(tmpdir(), "fuzz-")));
  const traffic = watchTraffic(platform.gateway);

  let failed = 0;
  for (let round = 0; traffic.requests() < wanted; round++) {
    const user = await furnish(platform, await signUp(platform.gateway, issuer.issuer));
    const examples = Math.ceil(wanted / ROUNDS / DESCRIBED.length);
    const seed = firstSeed + round;
    process.stdout.write(`\nround ${round + 1}, seed ${seed}: ${traffic.requests()} requests so far\n`);
    const config = await configure(folder.path, user, round % 2 === 0);
    const code = await runSchemathesis(platform.gateway, { config, user, examples, seed });
    if (code !== 0) failed += 1;
  }
  const lists = { "not as described": traffic.faults(), "never occurred": traffic.absent() };
  for (const [what, list] of Object.entries(lists)) {
    process.stdout.write(`\n${what}: ${list.length === 0 ? "none" : `\n  ${list.join("\n  ")}`}\n`);
  }
  process.stdout.write(`\n${traffic.requests()} requests, ${failed} rounds with failures\n`);
  if (failed > 0 || traffic.faults().length > 0) process.exitCode = 1;
}

/** The token comes by the environment, which no other user of the machine sees. */
async function configure(folder: string, { ids, address }: User, isOwn: boolean): Promise<string> {
  const file = join(folder, "schemathesis.toml");
  const headers = `headers = { Authorization = "Bearer \${FUZZ_TOKEN}", X-Forwarded-For = "${address}" }`;
  const own = Object.entries(ids).map(([name, id]) => `"path.${name}" = "${id}"`);
  await writeFile(file, [headers, "", ...(isOwn ? ["[parameters]", ...own] : []), ""].join("\n"));
  return file;
}

async function runSchemathesis(
  origin: string,
  { config, user, examples, seed }: { config: string; user: User; examples: number; seed: number },
): Promise<number> {
  const program = process.env.SCHEMATHESIS ?? "schemathesis";
  const args = [
    ...["--config-file", config, "run", `${origin}/api/openapi.json`, "--url", origin],
    ...["--phases", "coverage,fuzzing", "--checks", CHECKS.join(","), "--continue-on-failure"],
    ...["--max-examples", `${examples}`, "--seed", `${seed}`, "--generation-database", "none"],
    ...["--exclude-operation-id", APART, "--warnings", "off", "--no-color"],
  ];
  const env = { ...process.env, FUZZ_TOKEN: user.token };
  const child = spawn(program, args, { env, cwd: dirname(config), stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "exit");
  return code ?? 1;
}

await main();
