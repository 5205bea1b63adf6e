import { JOB } from "./scrape.ts";

/** Whatever a query is restricted to, as label matchers: `service=~"$service"`. */
type Matchers = string;

const REQUESTS = "app_request_count";

/** @returns PromQL: requests per second over a window, such as `5m`. */
export function requestRate(by: string, window: string, matchers: Matchers = ""): string {
  return `sum by (${by}) (rate(${REQUESTS}{${all(matchers)}}[${window}]))`;
}

/** @returns PromQL: share of requests that failed on our side, 0 where none did. */
export function errorRatio(by: string, window: string, matchers: Matchers = ""): string {
  const requests = requestRate(by, window, matchers);
  const errors = requestRate(by, window, join(matchers, 'status=~"5.."'));
  return `(${errors} or ${requests} * 0) / ${requests}`;
}

/** @returns PromQL: the seconds within which a share of the observations of a histogram lies. */
export function quantile(
  share: number,
  {
    histogram,
    by,
    window,
    matchers = "",
  }: { histogram: string; by: string; window: string; matchers?: Matchers },
): string {
  return `histogram_quantile(${share}, sum by (${by}, le) (rate(${histogram}_bucket{${all(matchers)}}[${window}])))`;
}

/** @returns the matchers, together with that of our own pods. */
export function all(matchers: Matchers = ""): string {
  return join(`job="${JOB}"`, matchers);
}

function join(...matchers: Matchers[]): string {
  return matchers.filter((matcher) => matcher !== "").join(",");
}
