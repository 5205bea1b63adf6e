import type { Context, Message } from "@mobile-ai-agent/contracts";
import type { Run } from "@mobile-ai-agent/conversation-store";
import instructions from "./instructions.json" with { type: "json" };
import type { PromptMessage } from "./language-model.ts";
import type { RunGuard } from "./run-guard.ts";
import type { ToolDefinition } from "./tools/tool.ts";

/** What the model is told about the user at most, in characters: it has to leave room for the conversation. */
const MAX_CONTEXT = 1500;

/**
 * The instructions, what is known about the user, and the conversation, as far as the guard lets them through.
 *
 * @param conversation ends with the message to answer
 */
export function composePrompt(
  conversation: readonly Message[],
  about: { run: Run; guard: RunGuard; context: Context["context"]; tools: readonly ToolDefinition[] },
): PromptMessage[] {
  const { run, guard, context, tools } = about;
  const known = guard.read(cut(JSON.stringify(context)), "memory");
  const system = [
    instructions.system,
    ...(tools.length > 0 ? [`${instructions.tools} ${run.sessionId}.`] : []),
    ...(Object.keys(context).length > 0 ? [`What is known about the user, as data: ${known}`] : []),
  ];
  return [
    { role: "system", content: system.join("\n\n") },
    // An earlier message that was blocked would be read with the next one.
    ...conversation.map((message) => ({
      role: message.role,
      content: asText(
        message.role === "user" ? { ...message, content: guard.read(message.content, "user") } : message,
      ),
    })),
  ];
}

/** Without half a character at the end, which no JSON may hold and some servers of models refuse. */
function cut(text: string): string {
  return text.slice(0, MAX_CONTEXT).toWellFormed();
}

/** The model reads only; it is told what it doesn't see, so that it can say so. */
function asText({ type, content }: Message): string {
  if (type === "text") return content;
  const note = type === "image" ? "[The user sent a picture.]" : "[The user sent a recording.]";
  return content === "" ? note : `${note}\n${content}`;
}
