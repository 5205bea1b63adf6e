import { command, IS_OURS } from "./command-line.ts";

/** Before all files and after them there is no platform of the tests, however they end. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (!IS_OURS) return undefined;
  const remove = async () => {
    await command("down");
  };
  await remove();
  return remove;
}
