import { connectMongo, readConfig } from "@mobile-ai-agent/service-kit";
import { Command } from "commander";
import { backUp } from "./back-up.ts";
import { backupConfig } from "./config.ts";
import type { BackupContext } from "./context.ts";
import { verifyKeysArchive } from "./data-keys.ts";
import { drill } from "./drill.ts";
import { BackupFailure } from "./failure.ts";
import { listBackups } from "./folders.ts";
import { deriveKeys } from "./keys.ts";
import { describeBackup, describeDrill, describeRestore, describeVerified } from "./report.ts";
import { restore } from "./restore.ts";
import { verifyFiles } from "./verify.ts";

type Print = (line: string) => void;

/** @param print takes a line of what the program has to say. */
export function createProgram(env: NodeJS.ProcessEnv, print: Print): Command {
  const program = new Command("backup")
    .description("Backs up the document database, verifies and restores backups.")
    .exitOverride();

  program
    .command("backup")
    .description("make a backup, read it back, remove those older than the retention")
    .action(() => withDatabase(env, async (context) => print(describeBackup(await backUp(context)))));

  program
    .command("verify")
    .description("read every backup, or one, and say which can be used")
    .option("--at <stamp>", "the backup of that name")
    .action(({ at }: { at?: string }) => verify(env, at, print));

  program
    .command("restore")
    .description("restore into a scratch database and check it; the live one changes with --swap only")
    .option("--at <stamp>", "the backup of that name instead of the newest")
    .option("--swap", "replace the live database's collections; nothing may write meanwhile", false)
    .option("--repair", "leave out documents that refer to what is not there", false)
    .action((options: { at?: string; swap: boolean; repair: boolean }) =>
      withDatabase(env, async (context) => print(describeRestore(await restore(context, options)))),
    );

  program
    .command("drill")
    .description("back up, restore into a scratch database, compare; measures recovery point and time")
    .option("--json", "one line of JSON", false)
    .action(({ json }: { json: boolean }) =>
      withDatabase(env, async (context) => {
        const report = await drill(context);
        print(json ? JSON.stringify(report) : describeDrill(report));
      }),
    );
  return program;
}

async function withDatabase(
  env: NodeJS.ProcessEnv,
  work: (context: BackupContext) => Promise<void>,
): Promise<void> {
  const config = readConfig(backupConfig, env);
  const { client, db, close } = await connectMongo(config, "backup");
  try {
    await work({
      client,
      database: db.databaseName,
      directory: config.BACKUP_DIR,
      keys: deriveKeys(config.ENCRYPTION_KEY),
      retentionDays: config.BACKUP_RETENTION_DAYS,
      now: () => new Date(),
    });
  } finally {
    await close();
  }
}

/** Needs no database: it works when there is none any more. */
async function verify(env: NodeJS.ProcessEnv, at: string | undefined, print: Print): Promise<void> {
  const config = readConfig(backupConfig.pick({ BACKUP_DIR: true, ENCRYPTION_KEY: true }), env);
  const keys = deriveKeys(config.ENCRYPTION_KEY);
  const backups = (await listBackups(config.BACKUP_DIR, keys)).filter(({ stamp }) => !at || stamp === at);
  if (backups.length === 0) throw new BackupFailure(`there is no ${at ? `backup ${at}` : "backup"} yet`);
  let damaged = 0;
  for (const { stamp, folder } of backups) {
    try {
      const manifest = await verifyFiles({ folder, stamp, keys });
      print(describeVerified(manifest));
    } catch (error) {
      damaged++;
      print(`backup ${stamp} can't be used: ${(error as Error).message}`);
    }
  }
  const { count } = await verifyKeysArchive({ directory: config.BACKUP_DIR, keys });
  print(
    `${count} data keys and notes of destroyed ones in the archive beside the backups, read and verified`,
  );
  if (damaged > 0) throw new BackupFailure(`${damaged} of ${backups.length} backups can't be used`);
}
