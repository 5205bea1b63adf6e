import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

/** argon2id is the library's default algorithm. Cost: OWASP Password Storage Cheat Sheet. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes as long without a hash (an unknown user) as with one. */
  matches(hashed: string | undefined, password: string): Promise<boolean>;
}

/** Hashes passwords on the thread pool, after the NFKC normalisation of NIST SP 800-63B-4, 3.1.1.2. */
export async function createPasswords(): Promise<Passwords> {
  const nobodys = await hash(randomBytes(32), COST);
  const normal = (password: string) => password.normalize("NFKC");
  return {
    hash: (password) => hash(normal(password), COST),
    async matches(hashed, password) {
      const matches = await verify(hashed ?? nobodys, normal(password));
      return matches && hashed !== undefined;
    },
  };
}
