interface Growth {
  /** Before the first try that follows a failure; no try comes sooner. */
  readonly firstMs: number;
  /** From there on it grows no more, unless the first is longer. */
  readonly mostMs: number;
}

/**
 * How long to wait before the next try, in milliseconds: doubled with each failure that follows, so that a platform that
 * has too much to do gets less of it, and up to a half more by chance, so that not all devices come at once. Never less
 * than was asked for.
 *
 * @param failures how many tries failed before this one, one after another
 */
export function pauseMs(failures: number, { firstMs, mostMs }: Growth): number {
  return Math.max(firstMs, Math.min(firstMs * 2 ** failures, mostMs)) * (1 + Math.random() / 2);
}
