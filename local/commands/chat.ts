import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { signIn } from "../chat/account.ts";
import { PlatformApi, trustAuthority } from "../chat/api.ts";
import { Conversation } from "../chat/conversation.ts";
import { resolveInstance } from "../instance.ts";
import { readPlatform } from "../platform.ts";
import { CommandFailure } from "../ui/failure.ts";

interface ChatOptions {
  readonly instance: string;
  readonly text: string;
  readonly session?: string;
  readonly signal: AbortSignal;
}

/** A conversation from the terminal, streamed as it is made; the stored answer is read back and compared. */
export async function chat(options: ChatOptions): Promise<void> {
  const instance = resolveInstance(options.instance);
  const { url, caCertificate } = await readPlatform(instance);
  if (!url) throw new CommandFailure("the platform is not deployed yet: run `npm run up`", { exitCode: 3 });
  if (caCertificate) trustAuthority(caCertificate);
  const api = new PlatformApi(url);
  await signIn(api, join(instance.stateDir, "terminal-account.json")).catch((cause) => {
    throw new CommandFailure(`can't sign in at ${url}; see \`npm run status\``, { cause });
  });
  const conversation = await Conversation.open(api, options.session);
  try {
    if (options.text) await ask(conversation, options.text, options.signal);
    else await converse(conversation, options.signal);
  } finally {
    conversation.close();
  }
  process.stderr.write(`session ${conversation.sessionId}\n`);
}

async function ask(conversation: Conversation, text: string, signal: AbortSignal): Promise<void> {
  const answer = await conversation.ask(
    text,
    (token, anew) => process.stdout.write(anew ? `\n(the answer begins anew)\n${token}` : token),
    signal,
  );
  process.stdout.write("\n");
  const stored = await conversation.storedAnswer(answer.runId);
  if (stored !== answer.text) {
    throw new CommandFailure(
      `the stored answer differs from the streamed one (${stored?.length ?? 0} and ${answer.text.length} characters)`,
    );
  }
}

async function converse(conversation: Conversation, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "you> ", signal });
  lines.prompt();
  for await (const line of lines) {
    if (line.trim()) await ask(conversation, line.trim(), signal);
    lines.prompt();
  }
}
