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
  password_hash: string;
  roles: Role[];
  created_at: Date;
}

export interface Users {
  createIndexes(): Promise<void>;
  /** @returns undefined when the username or the email address is taken, in any case of letters */
  create(user: { username: string; email: string; passwordHash: string }): Promise<User | undefined>;
  /** By username, or by email address when it has an @, in any case of letters. */
  findByLogin(login: string): Promise<{ user: User; passwordHash: string } | undefined>;
  findById(id: string): Promise<User | undefined>;
}

export function createUsers(db: Db): Users {
  const users = db.collection<UserDocument>("users");
  return {
    async createIndexes() {
      await users.createIndex({ username_key: 1 }, { unique: true });
      await users.createIndex({ email_key: 1 }, { unique: true });
    },
    async create({ username, email, passwordHash }) {
      const document: UserDocument = {
        _id: randomUUID(),
        username,
        username_key: key(username),
        email,
        email_key: key(email),
        password_hash: passwordHash,
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
      const document = await users.findOne({ _id: id });
      return document ? toUser(document) : undefined;
    },
  };
}

function key(name: string): string {
  return name.toLowerCase();
}

function toUser({ _id, username, email, roles, created_at }: UserDocument): User {
  return { id: _id, username, email, roles, created_at: created_at.toISOString() };
}
