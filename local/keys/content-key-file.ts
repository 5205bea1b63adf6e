import { randomBytes } from "node:crypto";

/** Of a file that isn't being rotated: the key in use and the next one, which everybody knows already. */
const AT_REST = 2;

/** @param file keys of 32 bytes as base64, one a line; the first one seals, all open */
const linesOf = (file: string) => file.trim().split(/\s+/).filter(Boolean);
const fileOf = (lines: readonly string[]) => `${lines.join("\n")}\n`;
const newKey = () => randomBytes(32).toString("base64");

/** Whether a rotation has begun and keeps the key before for what it has sealed. */
export function isRotating(file: string): boolean {
  return linesOf(file).length > AT_REST;
}

/** Whether there is a next key, without which none can become the first: some would not know it yet. */
export function hasNext(file: string): boolean {
  return linesOf(file).length >= AT_REST;
}

/** @returns the file with a next key behind the one in use */
export function withNext(file: string): string {
  return fileOf([...linesOf(file), newKey()]);
}

/** The next key becomes the one in use, a new one is next, and the one before still opens what it has sealed. */
export function begun(file: string): string {
  const [current = newKey(), next = newKey(), ...others] = linesOf(file);
  return fileOf([next, newKey(), current, ...others]);
}

/** The keys before are gone. */
export function finished(file: string): string {
  return fileOf(linesOf(file).slice(0, AT_REST));
}
