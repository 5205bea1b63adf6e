import type { Collection, Db } from "mongodb";
import { expect, it } from "vitest";
import { followingDb } from "./following-db.ts";
import { splitRedisUrl } from "./redis-credentials.ts";

it("splits a URL of Redis into its address and its credentials, as they were before they were encoded", () => {
  expect(splitRedisUrl("rediss://agent:a%2Fb%40c@redis:6379/1")).toEqual({
    address: "rediss://redis:6379/1",
    credentials: { username: "agent", password: "a/b@c" },
  });
  expect(splitRedisUrl("redis://127.0.0.1:6379").credentials).toEqual({
    username: undefined,
    password: undefined,
  });
});

/** A test double of a client's database that says whose it is. */
function databaseOf(client: string): Db {
  const collection = (name: string) => {
    const namespace = `${client}.${name}`;
    return { namespace, findOne: () => namespace } as unknown as Collection;
  };
  return { databaseName: client, collection } as unknown as Db;
}

it("a collection that was made before goes to the client that is current when it is called", () => {
  let current = databaseOf("one");
  const db = followingDb(() => current);
  const messages = db.collection("messages");
  expect([db.databaseName, messages.namespace, messages.findOne()]).toEqual([
    ...["one", "one.messages", "one.messages"],
  ]);
  current = databaseOf("two");
  expect([db.databaseName, messages.namespace, messages.findOne()]).toEqual([
    ...["two", "two.messages", "two.messages"],
  ]);
});
