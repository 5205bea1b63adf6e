import { connectMongo, readConfig, runService } from "@mobile-ai-agent/service-kit";
import { orchestratorConfig } from "./config.ts";
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
} else {
  console.error("usage: no argument to serve, or: tools list | diff | approve");
  process.exitCode = 2;
}
