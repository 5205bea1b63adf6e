import type { Link } from "../components/pod.ts";

/** A database that speaks the MongoDB protocol, wherever it runs. */
export interface DocumentDatabase {
  /** `MONGODB_URI_FILE` and the files for TLS. */
  readonly link: Link;
}
