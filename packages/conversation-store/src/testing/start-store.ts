import { startMongo, testCipher } from "@mobile-ai-agent/test-support";
import { MongoClient } from "mongodb";
import { createConversationStore } from "../conversation-store.ts";

/** A store on a database of its own. */
export async function startStore() {
  const cleanup = new AsyncDisposableStack();
  const mongo = await startMongo();
  cleanup.defer(() => mongo.stop());
  const client = await MongoClient.connect(mongo.uri);
  cleanup.defer(() => client.close());
  const db = client.db();
  const store = createConversationStore(db, testCipher(db));
  await store.createIndexes();
  return { db, store, stop: () => cleanup.disposeAsync() };
}
