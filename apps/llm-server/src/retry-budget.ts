/**
 * Bounds what retries add to a failing upstream's load: each question earns a tenth of a retry, and a few may be saved
 * up (SRE book, chapter 22, "Retries").
 */
export interface RetryBudget {
  earn(): void;
  /** @returns whether a retry may be made; it is paid for then */
  spend(): boolean;
}

export function createRetryBudget({ share = 0.1, saved = 10 } = {}): RetryBudget {
  let left = saved;
  return {
    earn() {
      left = Math.min(saved, left + share);
    },
    spend() {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
