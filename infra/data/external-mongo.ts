import * as pulumi from "@pulumi/pulumi";
import type { Link } from "../components/pod.ts";
import type { MongoSettings } from "../environment.ts";
import { derivedSecret } from "../secrets/secret-group.ts";
import type { DocumentDatabase } from "./document-database.ts";
import { mongoLink } from "./mongo-link.ts";

export interface ExternalMongoArgs {
  readonly namespace: pulumi.Input<string>;
  readonly settings: MongoSettings;
}

/** A database that somebody else runs, such as Atlas: all there is to make is the Secret with its address. */
export class ExternalMongo extends pulumi.ComponentResource implements DocumentDatabase {
  readonly link: Link;

  constructor(args: ExternalMongoArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:data:ExternalMongo", "mongodb", {}, opts);
    const values = { uri: args.settings.uri };
    const secret = derivedSecret(
      "mongodb-credentials",
      { namespace: args.namespace, values },
      { parent: this },
    );
    this.link = mongoLink(secret.metadata.name, []);
    this.registerOutputs();
  }
}
