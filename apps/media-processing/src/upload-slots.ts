import { HttpProblem } from "@mobile-ai-agent/service-kit";

/** How many uploads are under way at a time, those that are only received included: they fill the scratch folder. */
export interface UploadSlots {
  /**
   * @returns what gives the slot back
   * @throws HttpProblem 429 when the user has as many as one may have, 503 when there are none left
   */
  take(userId: string): () => void;
}

/**
 * @param limits.total of this replica
 * @param limits.perUser so that one user, with uploads that never end, keeps no slot from the others
 */
export function createUploadSlots({ total, perUser }: { total: number; perUser: number }): UploadSlots {
  const byUser = new Map<string, number>();
  let underWay = 0;
  return {
    take(userId) {
      const own = byUser.get(userId) ?? 0;
      if (own >= perUser) throw tooManyOfOne(perUser);
      if (underWay >= total) throw busy();
      byUser.set(userId, own + 1);
      underWay++;
      return () => {
        underWay--;
        const left = (byUser.get(userId) ?? 1) - 1;
        if (left > 0) byUser.set(userId, left);
        else byUser.delete(userId);
      };
    },
  };
}

function tooManyOfOne(perUser: number): HttpProblem {
  const detail = `${perUser} of your uploads are under way, as many as there may be: let one end first`;
  return new HttpProblem(429, "Too Many Requests", detail, { headers: { "Retry-After": "5" } });
}

function busy(): HttpProblem {
  const detail = "too many uploads are being worked on: try again in a few seconds";
  return new HttpProblem(503, "Service Unavailable", detail, { headers: { "Retry-After": "5" } });
}
