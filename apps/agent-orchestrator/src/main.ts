import { openContentCipher } from "@mobile-ai-agent/content-cipher";
import { connectMongo, createLogger, readConfig, runService } from "@mobile-ai-agent/service-kit";
import { orchestratorConfig } from "./config.ts";
import { runReplayCommand } from "./record/command.ts";
import { createService } from "./service.ts";
import { reviewTools } from "./tools/review.ts";

const [action, ...command] = process.argv.slice(2);
if (action === undefined) {
  await runService("agent-orchestrator", ({ env, logger }) =>
    createService(readConfig(orchestratorConfig, env), { logger }),
  );
} else if (action === "tools") {
  const mongo = await connectMongo(readConfig(orchestratorConfig), "agent-orchestrator-tools");
  try {
    const { ok, text } = await reviewTools(mongo.db, command);
    (ok ? process.stdout : process.stderr).write(`${text}\n`);
    process.exitCode = ok ? 0 : 1;
  } finally {
    await mongo.close();
  }
} else if (action === "replay") {
  try {
    process.exitCode = await runReplayCommand(command, { open: openDatabase, out: process.stdout });
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
} else {
  console.error(
    "usage: no argument to serve, or: tools list | diff | approve, or: replay RUN_ID | --file FILE",
  );
  process.exitCode = 2;
}

async function openDatabase() {
  const config = readConfig(orchestratorConfig);
  const { db, close } = await connectMongo(config, "agent-orchestrator-replay");
  const content = openContentCipher(config, db, createLogger("agent-orchestrator-replay", "warn"));
  return {
    ...{ db, keys: config.AUDIT_KEYS, cipher: content.cipher },
    async close() {
      content.close();
      await close();
    },
  };
}
