import { CommanderError } from "commander";
import { createProgram } from "./command-line.ts";
import { describe } from "./failure.ts";

try {
  await createProgram(process.env, (line) => process.stdout.write(`${line}\n`)).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}
