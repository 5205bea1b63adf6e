import { resolveInstance } from "../instance.ts";
import { kubectlOn } from "../platform-kubectl.ts";
import { readRunningPlatform } from "../running-platform.ts";
import { CommandFailure } from "../ui/failure.ts";

/** As the image starts the service, with what to do instead of serving. */
const PROGRAM = ["/usr/local/bin/node", "--enable-source-maps", "main.mjs", "tools"];

/**
 * Lists the definitions of tools that agents have met, tells what is another in those in quarantine, or lets one out; in a
 * pod of agent-orchestrator. Who may execute commands in pods of the cluster may do this.
 */
export async function tools(options: {
  action: "list" | "diff" | "approve";
  /** Of `approve`: server, tool and hash. */
  rest: readonly string[];
  instance: string;
  signal: AbortSignal;
}): Promise<void> {
  const { action, rest } = options;
  const platform = await readRunningPlatform(resolveInstance(options.instance));
  const kubectl = kubectlOn(platform, options.signal);
  const command = ["exec", "deployment/agent-orchestrator", "--", ...PROGRAM, action, ...rest];
  const output = await kubectl(command).catch((cause) => {
    throw new CommandFailure(`tools ${action} was refused`, { cause });
  });
  process.stdout.write(`${output}\n`);
}
