/** A page is as locked as the browser it is in. */
export async function canUnlock(): Promise<boolean> {
  return false;
}

export async function unlock(): Promise<boolean> {
  return true;
}
