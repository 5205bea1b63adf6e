import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../repository.ts";
import { SUITES } from "./suites.ts";

/** @returns each `npm …` in the text that starts no script of package.json, or no suite of `npm test`. */
export function unknownCommands(text: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8"));
  const commands = [...text.matchAll(/\bnpm (?:run (?:--silent )?(\w[\w:-]*)|(test|ci)\b)((?: [\w:-]+)*)/g)];
  return commands
    .filter(([, script, short, rest = ""]) => {
      if (short === "ci") return false;
      const name = script ?? short ?? "";
      const suites = / --only (.*)$/.exec(rest)?.[1]?.split(" ") ?? [];
      return !(name in scripts) || suites.some((suite) => !(suite in SUITES));
    })
    .map(([command]) => command);
}
