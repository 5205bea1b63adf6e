import { Argument, Command, CommanderError, Option } from "commander";
import { CommandFailure, describeFailure } from "./ui/failure.ts";

const instanceOption = new Option("--instance <name>", "which platform of this machine")
  .choices(["default", "test"])
  .default("default");

function createProgram(signal: AbortSignal): Command {
  const program = new Command("npm run")
    .description("Creates and runs the mobile AI agent platform on this machine or on a cluster you have.")
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions()
    .exitOverride();

  program
    .command("up")
    .description("make the cluster, build the images and deploy the platform; safe to repeat")
    .option("--context <name>", "deploy to this context of your kubeconfig instead of the built-in cluster")
    .option("--registry <ref>", "push the images there, e.g. ghcr.io/you/agent (needed with --context)")
    .addOption(instanceOption)
    .action(async (options) => (await import("./commands/up.ts")).up({ ...options, signal }));

  program
    .command("images")
    .description("build every image that the program deploys, and push them where a registry is given")
    .option("--registry <ref>", "push them there, e.g. ghcr.io/you/agent, logged in to as by `docker login`")
    .option("--only <name...>", "some of them, e.g. api-gateway redis")
    .option("--output <file>", "write their references, tags and digests there, as JSON")
    .option("--sbom <folder>", "write what is in each there, as <name>.cdx.json (CycloneDX)")
    .action(async (options) => (await import("./commands/images.ts")).images({ ...options, signal }));

  program
    .command("down")
    .description("remove all of it: processes, mounts, networks, volumes, data")
    .addOption(instanceOption)
    .action(async (options) => (await import("./commands/down.ts")).down({ ...options, signal }));

  program
    .command("status")
    .description("show what runs and where; exit status 0 when everything is ready, else 3")
    .addOption(instanceOption)
    .action(async (options) => (await import("./commands/status.ts")).status(options));

  program
    .command("chat")
    .description("talk to the agent; without a text, line by line")
    .argument("[text...]", "what to say")
    .option("--session <id>", "go on in this session instead of a new one")
    .addOption(instanceOption)
    .action(async (text: string[], options) =>
      (await import("./commands/chat.ts")).chat({ ...options, text: text.join(" "), signal }),
    );

  program
    .command("backup")
    .description("back up the database now; every night it happens by itself")
    .option("--verify", "read the backups that there are instead", false)
    .addOption(instanceOption)
    .action(async (options) => (await import("./commands/backup.ts")).backup({ ...options, signal }));

  program
    .command("restore")
    .description("restore a backup into a scratch database and check it")
    .option("--at <stamp>", "the backup of that name (see backup --verify) instead of the newest")
    .option("--swap", "replace the live database; first read docs/runbooks/backup-and-restore.md", false)
    .option("--repair", "leave out documents that refer to what is not there", false)
    .addOption(instanceOption)
    .action(async (options) => (await import("./commands/restore.ts")).restore({ ...options, signal }));

  program
    .command("drill")
    .description("back up and restore into a scratch database; measures recovery point and time")
    .option("--json", "one line of JSON", false)
    .addOption(instanceOption)
    .action(async (options) => (await import("./commands/drill.ts")).drill({ ...options, signal }));

  program
    .command("admin")
    .description("make a user an administrator, or take that away; list who asked to be erased")
    .addArgument(new Argument("<action>").choices(["grant", "revoke", "erasures"]))
    .argument("[username]", "of grant and revoke")
    .addOption(instanceOption)
    .action(async (action: "grant" | "revoke" | "erasures", username: string | undefined, options) =>
      (await import("./commands/admin.ts")).admin({ ...options, action, username, signal }),
    );

  addAuditCommands(program, signal);

  program
    .command("tools")
    .description("look at definitions of tools that have changed, and let them be offered to agents")
    .addArgument(new Argument("<action>").choices(["list", "diff", "approve"]))
    .argument("[rest...]", "of approve: server, tool and hash, as diff prints them")
    .addOption(instanceOption)
    .action(async (action: "list" | "diff" | "approve", rest: string[], options) =>
      (await import("./commands/tools.ts")).tools({ ...options, action, rest, signal }),
    );

  program
    .command("keys")
    .description(
      "change what signs access tokens, seals contents, or lets services into the databases, while all runs",
    )
    .addArgument(
      new Argument(
        "<action>",
        "rotate: every few months; replace: when keys have leaked, ends all access tokens; finish: ends a rotation of content (after an hour) or mongodb",
      ).choices(["rotate", "replace", "finish"]),
    )
    .addArgument(new Argument("[what]").choices(["tokens", "content", "redis", "mongodb"]).default("tokens"))
    .addOption(instanceOption)
    .action(
      async (
        action: "rotate" | "replace" | "finish",
        what: "tokens" | "content" | "redis" | "mongodb",
        options,
      ) => (await import("./commands/keys.ts")).keys({ ...options, action, what, signal }),
    );

  program
    .command("bench")
    .description(
      "measure side by side what limits, the guard, sealing and the audit log cost; needs redis-server",
    )
    .option("--seconds <n>", "how long each measurement takes", "3")
    .action(async (options) => (await import("./commands/bench.ts")).bench({ ...options, signal }));

  program
    .command("fuzz")
    .description("send the services thousands of requests made from the API's document, valid and wrong ones")
    .option("--requests <n>", "at least so many", "20000")
    .option("--seed <n>", "what they are drawn from", "1")
    .action(async (options) => (await import("./commands/fuzz.ts")).fuzz({ ...options, signal }));

  program
    .command("chaos")
    .description("cut connections and kill services under many chatting devices; nothing may be lost")
    .option("--clients <n>", "people who chat, each with two devices", "200")
    .option("--messages <n>", "that each of them writes", "50")
    .option("--rate <n>", "messages that all of them together write in a second", "8")
    .action(async (options) => (await import("./commands/chaos.ts")).chaos({ ...options, signal }));

  program
    .command("guard")
    .description("measure recall, false positives and time of the prompt-injection guard on its corpus")
    .action(async () => (await import("./commands/guard.ts")).guard({ signal }));

  program
    .command("kubectl")
    .description("kubectl of the toolchain, on the platform's cluster")
    .argument("[args...]")
    .addOption(instanceOption)
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (args: string[], options) =>
      (await import("./commands/kubectl.ts")).kubectl({ ...options, args, signal }),
    );

  program
    .command("preview")
    .description(
      "show what a stack would make and judge it by the policy packs; needs neither a cluster nor an account",
    )
    .option("--stack <name>", "which stack", "local")
    .option("--dump <file>", "write every resource there, as golden/<stack>.yaml in infra/ has it")
    .action(async (options) => (await import("./commands/preview.ts")).preview({ ...options, signal }));

  const imagesOption = [
    "--images <file>",
    "what `npm run images -- --registry REF --output FILE` wrote",
  ] as const;

  program
    .command("sign-images")
    .description("sign pushed images and attest what is in them, as the workflow that runs this (cosign)")
    .requiredOption(...imagesOption)
    .requiredOption(
      "--sbom <folder>",
      "with <name>.cdx.json for each, as `npm run images -- --sbom` writes them",
    )
    .action(async (options) => (await import("./commands/sign-images.ts")).sign({ ...options, signal }));

  program
    .command("verify-images")
    .description("check who has signed pushed images and attested what is in them (cosign)")
    .requiredOption(...imagesOption)
    .requiredOption("--identity <url>", "the workflow that must have: https://github.com/…/images.yml@refs/…")
    .option("--issuer <url>", "who vouches for it", "https://token.actions.githubusercontent.com")
    .action(async (options) => (await import("./commands/verify-images.ts")).verify({ ...options, signal }));

  program
    .command("deploy")
    .description(
      "deploy pushed images to a stack by digest, judged by the policy packs before anything is made",
    )
    .requiredOption("--stack <name>", "which stack; its state is where PULUMI_BACKEND_URL says")
    .requiredOption(...imagesOption)
    .option("--output <file>", "write the stack's outputs there, as JSON, without secrets")
    .action(async (options) => (await import("./commands/deploy.ts")).deploy({ ...options, signal }));

  program
    .command("verify-rollout")
    .description("check that pushed images are what runs, all of it, and that the platform answers")
    .requiredOption("--outputs <file>", "what `npm run deploy -- --output FILE` wrote")
    .requiredOption(...imagesOption)
    .option("--context <name>", "context of your kubeconfig, instead of the current one")
    .action(async (options) =>
      (await import("./commands/verify-rollout.ts")).verifyRollout({ ...options, signal }),
    );

  program
    .command("test")
    .description("run every test that this machine can run")
    .option("--only <suite...>", "some of: check unit integration e2e")
    .option("--coverage", "measure which lines unit and integration tests run, into the folder coverage")
    .action(async (options) => (await import("./commands/test.ts")).test({ ...options, signal }));

  return program;
}

function addAuditCommands(program: Command, signal: AbortSignal): void {
  const audit = program
    .command("audit")
    .description("check or export the record of what matters to security");
  audit
    .command("verify")
    .description(
      "walk the whole audit log and find what was changed or removed; exit status 1 if anything was",
    )
    .option("--file <file>", "check an exported log instead, without the platform")
    .option("--key <id...>", "ids of the keys that may have signed the file, as verify prints them")
    .option("--anchor <sequence:hash>", "a checkpoint that an earlier verify printed: it must still be there")
    .addOption(instanceOption)
    .action(async (options) => (await import("./commands/audit.ts")).verify({ ...options, signal }));
  audit
    .command("export")
    .description("write the audit log to standard output, as JSON Lines with a signed end")
    .option("--since <time>", "entries from then on, e.g. 2026-01-31 or 2026-01-31T12:00Z")
    .option("--until <time>", "entries before then")
    .option("--action <name>", "entries of that action, e.g. role.granted")
    .addOption(instanceOption)
    .action(async (options) => (await import("./commands/audit.ts")).exportLog({ ...options, signal }));
  program
    .command("replay")
    .description(
      "run the agent on a run's record and compare, bit for bit, what it did; exit status 1 if it differs",
    )
    .argument("[run-id]")
    .option("--file <file>", "an exported record, which needs no platform")
    .option("--export", "write the record to standard output instead; it has what was said")
    .option("--key <id...>", "ids of the audit keys that may vouch for the file")
    .addOption(instanceOption)
    .action(async (runId: string | undefined, options) =>
      (await import("./commands/replay.ts")).replay({ ...options, ...(runId && { runId }), signal }),
    );
}

/** Ctrl-C asks the running step to stop; a second one ends at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(
        new CommandFailure("stopped; `npm run up` goes on from here, `npm run down` removes it"),
      );
    });
  }
  return controller.signal;
}

async function main(): Promise<void> {
  const signal = interruptSignal();
  try {
    await createProgram(signal).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.stderr.write(`\n${describeFailure(signal.aborted ? signal.reason : error)}\n`);
    process.exitCode = signal.aborted ? 130 : error instanceof CommandFailure ? error.exitCode : 1;
  }
  // Sockets kept alive by a library must not hold the terminal.
  process.exit();
}

await main();
