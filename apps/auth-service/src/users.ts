import { randomUUID } from "node:crypto";
import type { Role, User } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";

interface UserDocument {
  _id: string;
  username: string;
  username_key: string;
  email: string;
  email_key: string;
  /** None for who signs in with a provider only. */
  password_hash?: string;
  roles: Role[];
  created_at: Date;
}

/** What others may know: never the password's hash. */
const PUBLIC = { username: 1, email: 1, roles: 1, created_at: 1 } as const;

interface Credentials {
  readonly user: User;
  readonly passwordHash: string | undefined;
}

export interface Users {
  createIndexes(): Promise<void>;
  /** @returns undefined when the username or the email address is taken, in any case of letters */
  create(user: {
    id?: string;
    username: string;
    email: string;
    passwordHash?: string;
  }): Promise<User | undefined>;
  /** By username, or by email address when it has an @, in any case of letters. */
  findByLogin(login: string): Promise<Credentials | undefined>;
  findById(id: string): Promise<User | undefined>;
  findCredentials(id: string): Promise<Credentials | undefined>;
  /** From now on nobody signs in as the user. Idempotent. */
  remove(id: string): Promise<void>;
  setPassword(id: string, passwordHash: string): Promise<void>;
  setAdmin(id: string, admin: boolean): Promise<void>;
  /** By username, those whose names begin with the prefix, in any case of letters, and come after `after`. */
  list(query: { prefix?: string; after?: string; limit: number }): Promise<User[]>;
}

export function createUsers(db: Db): Users {
  const users = db.collection<UserDocument>("users");
  return {
    async createIndexes() {
      await users.createIndex({ username_key: 1 }, { unique: true });
      await users.createIndex({ email_key: 1 }, { unique: true });
    },
    async create({ id = randomUUID(), username, email, passwordHash }) {
      const document: UserDocument = {
        _id: id,
        username,
        username_key: key(username),
        email,
        email_key: key(email),
        ...(passwordHash !== undefined && { password_hash: passwordHash }),
        roles: ["user"],
        created_at: new Date(),
      };
      try {
        await users.insertOne(document);
      } catch (error) {
        if (isDuplicateKey(error)) return undefined;
        throw error;
      }
      return toUser(document);
    },
    async findByLogin(login) {
      // A username has no @, so no one can take another's address as a name.
      const field = login.includes("@") ? "email_key" : "username_key";
      const document = await users.findOne({ [field]: key(login) });
      return document ? { user: toUser(document), passwordHash: document.password_hash } : undefined;
    },
    async findById(id) {
      const document = await users.findOne({ _id: id }, { projection: PUBLIC });
      return document ? toUser(document) : undefined;
    },
    async findCredentials(id) {
      const document = await users.findOne({ _id: id });
      return document ? { user: toUser(document), passwordHash: document.password_hash } : undefined;
    },
    async remove(id) {
      await users.deleteOne({ _id: id });
    },
    async setPassword(id, password_hash) {
      await users.updateOne({ _id: id }, { $set: { password_hash } });
    },
    async setAdmin(id, admin) {
      const roles: Role[] = admin ? ["user", "admin"] : ["user"];
      await users.updateOne({ _id: id }, { $set: { roles } });
    },
    async list({ prefix = "", after = "", limit }) {
      const from = key(prefix);
      // A username has nothing that sorts behind a tilde.
      const range = { $gte: from, $lt: `${from}~`, ...(after && { $gt: key(after) }) };
      const documents = await users
        .find({ username_key: range }, { projection: PUBLIC })
        .sort({ username_key: 1 })
        .limit(limit)
        .toArray();
      return documents.map(toUser);
    },
  };
}

function key(name: string): string {
  return name.toLowerCase();
}

function toUser(document: Pick<UserDocument, "_id" | keyof typeof PUBLIC>): User {
  const { _id, username, email, roles, created_at } = document;
  return { id: _id, username, email, roles, created_at: created_at.toISOString() };
}
