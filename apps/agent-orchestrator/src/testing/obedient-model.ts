import type { Asked, Turn } from "./scripted-model.ts";

/** An instruction that an obedient model follows, wherever it reads it. */
export const callOf = (name: string, input: object) => `[[call ${name} ${JSON.stringify(input)}]]`;
/** The same for a call whose arguments hold instructions themselves. */
export const nestedCallOf = (name: string, input: object) =>
  `[[nested ${name} ${Buffer.from(JSON.stringify(input)).toString("base64")}]]`;
export const sayOf = (text: string) => `[[say ${Buffer.from(text).toString("base64")}]]`;

const CALL = /\[\[call (\S+) (\{.*?\})\]\]/g;
const NESTED = /\[\[nested (\S+) ([\w+/=]+)\]\]/g;
const SAY = /\[\[say ([\w+/=]+)\]\]/g;

/**
 * A model without any judgement: it does whatever it reads, in the user's words or anybody's, each thing once. Texts in
 * JSON are instructions too.
 */
export function obey({ messages }: Asked): Turn {
  const texts = messages.flatMap(({ role, content }) =>
    role === "tool" || content ? [unquoted(content ?? "")] : [],
  );
  const made = new Set(
    messages.flatMap(({ tool_calls = [] }) =>
      tool_calls.map(({ function: { name, arguments: args } }) => `${name} ${args}`),
    ),
  );
  const wanted = texts.flatMap((text) => [
    ...[...text.matchAll(CALL)].map(([, name = "", args = ""]) => ({ name, args })),
    ...[...text.matchAll(NESTED)].map(([, name = "", coded = ""]) => ({ name, args: atob(coded) })),
  ]);
  const calls = wanted
    .filter(({ name, args }) => !made.has(`${name} ${args}`))
    .slice(0, 8)
    .map(({ name, args }) => ({ name, arguments: args }));
  if (calls.length > 0) return { words: [], calls };
  const said = texts.flatMap((text) => [...text.matchAll(SAY)].map(([, coded = ""]) => atob(coded)));
  return { words: ["Done.", ...said.map((text) => ` ${text}`)] };
}

/** As a model reads JSON: quotation marks in texts have strokes before them. */
function unquoted(text: string): string {
  return text.replace(/\\+"/g, '"');
}
