/** Where a refresh token lives between starts of the app. */
export interface RefreshTokenStore {
  /** `cookie`: the browser keeps it where no script can read it, and this store never sees one. */
  readonly tokenIn: "cookie" | "body";
  get(): Promise<string | undefined>;
  set(token: string): Promise<void>;
  clear(): Promise<void>;
}
