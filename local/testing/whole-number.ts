import { CommandFailure } from "../ui/failure.ts";

/** @throws CommandFailure when an option's text is not a whole number from 1 to 9999999 */
export function requireWholeNumbers(options: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!/^[1-9]\d{0,6}$/.test(value)) {
      throw new CommandFailure(`--${name} ${value}: give a whole number from 1, e.g. 20`, { exitCode: 2 });
    }
  }
}
