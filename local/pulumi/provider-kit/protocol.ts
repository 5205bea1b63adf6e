import { createRequire } from "node:module";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { Json } from "./values.ts";

// The SDK's own copies: its generated messages work with these alone.
const sdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/proto/provider_pb.js"));

interface StructMessage {
  toJavaScript(): Json;
}
interface MetadataLike {
  add(key: string, value: Buffer): void;
}
interface GrpcServer {
  addService(definition: unknown, implementation: Record<string, unknown>): void;
  bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
}

export const grpc = sdk("@grpc/grpc-js") as {
  readonly Server: new (options: Record<string, number>) => GrpcServer;
  readonly ServerCredentials: { createInsecure(): unknown };
  readonly Metadata: new () => MetadataLike;
  readonly status: { readonly UNKNOWN: number; readonly UNIMPLEMENTED: number };
};
const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: { fromJavaScript(value: Json): StructMessage };
};
const { Any } = sdk("google-protobuf/google/protobuf/any_pb.js") as {
  Any: new () => { pack(bytes: Uint8Array, type: string): void };
};
export const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js") as { Empty: new () => object };
const { Status } = sdk("./status_pb.js") as {
  Status: new () => {
    setCode(code: number): void;
    setMessage(text: string): void;
    addDetails(detail: unknown): void;
    serializeBinary(): Uint8Array;
  };
};

/** @returns the wire form of an object; absent fields stay absent. */
export function toStruct(value: Json): never {
  // JSON drops what is undefined, which the wire form has no word for. `never`: the SDK's types name another copy's class.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Json) as never;
}

/** @returns the object of a wire form, empty when there is none. */
export function fromStruct(struct: StructMessage | undefined): Json {
  return struct?.toJavaScript() ?? {};
}

/** An object exists in the cluster and has to be kept in the state, although it is not ready. */
export class InitializationFailed extends Error {
  readonly id: string;
  readonly properties: Json;
  readonly inputs: Json;
  readonly reasons: readonly string[];
  constructor(options: { id: string; properties: Json; inputs: Json; reasons: readonly string[] }) {
    super(options.reasons.join("\n"));
    this.name = "InitializationFailed";
    this.id = options.id;
    this.properties = options.properties;
    this.inputs = options.inputs;
    this.reasons = options.reasons;
  }
}

/** @returns the error as a gRPC status; an {@link InitializationFailed} carries its object in the status' details. */
export function toStatus(error: unknown): { code: number; message: string; metadata: unknown } {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof InitializationFailed) {
    const detail = new messages.ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(toStruct(error.properties));
    detail.setInputs(toStruct(error.inputs));
    detail.setReasonsList([...error.reasons]);
    const packed = new Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(message);
    status.addDetails(packed);
    // The header in which gRPC sends a google.rpc.Status with details.
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, message, metadata };
}
