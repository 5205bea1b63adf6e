/** A place in a list that is ordered by time, then by id. */
export interface Place {
  readonly time: Date;
  readonly id: string;
}

const FORM = /^(\d{1,15})\.([0-9a-f-]{36})$/;

export function writeCursor({ time, id }: Place): string {
  return Buffer.from(`${time.getTime()}.${id}`).toString("base64url");
}

/** @returns undefined for what `writeCursor` never wrote */
export function readCursor(cursor: string): Place | undefined {
  const [, time, id] = FORM.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  return time === undefined || id === undefined ? undefined : { time: new Date(Number(time)), id };
}
