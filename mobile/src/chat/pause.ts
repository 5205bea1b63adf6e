interface Growth {
  /** Before the first try that follows a failure. */
  readonly firstMs: number;
  /** From there on it stays as it is. */
  readonly mostMs: number;
}

/**
 * How long to wait before the next try, in milliseconds: doubled with each failure that follows, so that a platform that
 * has too much to do gets less of it, and a half of it by chance, so that not all devices come at once.
 *
 * @param failures how many tries failed before this one, one after another
 */
export function pauseMs(failures: number, { firstMs, mostMs }: Growth): number {
  return Math.min(firstMs * 2 ** failures, mostMs) * (0.5 + Math.random() / 2);
}
