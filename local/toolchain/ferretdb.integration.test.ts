import { startMongo } from "@mobile-ai-agent/test-support";
import { MongoClient } from "mongodb";
import { expect, it } from "vitest";

it("soon looks documents up by an index, and still finds what is there", async () => {
  const mongo = await startMongo();
  const client = new MongoClient(mongo.uri);
  try {
    const collection = client.db().collection<{ _id: string }>("documents");
    await collection.insertOne({ _id: "one" });
    const plan = async () => {
      // SQLite takes notice of an index when it executes something, not when it explains.
      await collection.findOne({ _id: "one" });
      return JSON.stringify((await collection.find({ _id: "one" }).explain()).queryPlanner.Plan);
    };
    await expect.poll(plan, { timeout: 10_000, interval: 200 }).toMatch(/SEARCH .* USING INDEX/);
    await collection.updateOne({ _id: "one" }, { $set: { number: 1 } });
    await expect(collection.insertOne({ _id: "one" })).rejects.toThrow(/E11000/);
    expect(await collection.findOne({ _id: "one" })).toEqual({ _id: "one", number: 1 });
    expect(await collection.findOne({ _id: "two" })).toBeNull();
  } finally {
    await client.close();
    await mongo.stop();
  }
});
