import { createOutputFilter, inspect } from "@mobile-ai-agent/guard";
import { generateCorpus } from "@mobile-ai-agent/guard/corpus";
import { compare } from "./side-by-side.ts";

/** Of an answer, as models give it. */
const PIECE = 4;

/** What any reading of a text costs, to compare with: one expression over it. */
const readOnce = (text: string) => text.normalize("NFKC").match(/[\p{L}\p{N}]+/gu)?.length;
const inspectOnce = (text: string) => inspect(text, "user");

/** Prints what the guard adds to a message and to a piece of an answer, beside a plain reading of the same texts. */
export function measureGuard(): void {
  const texts = generateCorpus("held-back").map(({ text }) => text);
  const long =
    texts
      .join(" ")
      .match(/.{1,4000}/gs)
      ?.slice(0, 50) ?? [];
  const pieces =
    texts
      .join(" ")
      .slice(0, 200_000)
      .match(new RegExp(`.{1,${PIECE}}`, "gs")) ?? [];
  const { push } = createOutputFilter();
  process.stdout.write("the guard, beside one reading of the same text\n");
  console.table([
    { what: "messages", ...compare(texts, readOnce, inspectOnce) },
    { what: "messages of 4000 characters", ...compare(long, readOnce, inspectOnce) },
    { what: "pieces of an answer", ...compare(pieces, readOnce, push) },
  ]);
}
