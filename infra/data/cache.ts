import type { Link } from "../components/pod.ts";

/** A Redis for queues and logs, wherever it runs. Nothing is only there: losing it loses no message. */
export interface Cache {
  /** `REDIS_URL_FILE`, with the user and the password in the URL. */
  readonly link: Link;
}
