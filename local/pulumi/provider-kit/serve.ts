import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty, fromStruct, grpc, toStatus, toStruct } from "./protocol.ts";
import type { Provider } from "./provider.ts";
import { type Json, same } from "./values.ts";

const PARENT_CHECK_MS = 500;
const EXIT_DELAY_MS = 1000;

/** Operations that were not answered yet. */
let running = 0;
let whenIdle: () => void = () => undefined;

type Callback = (error: unknown, response?: unknown) => void;

export interface PluginFacts {
  /** Of the plugin that the engine asks for. */
  readonly version: string;
  /** What to say of requests that the plugin does not serve, after the word for them. */
  readonly unsupported: string;
}

/**
 * Runs a plugin: serves Pulumi's provider protocol (pulumi/proto/provider.proto) on a free port of the loopback
 * address and prints the port on standard output, as the engine expects.
 */
export async function serveProvider(provider: Provider, facts: PluginFacts): Promise<void> {
  // State of a big object outgrows gRPC's default of 4 MiB.
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(services.ResourceProviderService, handlers(provider, facts));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  process.on("SIGINT", () => exitWhenIdle(provider));
  exitWithParent();
  process.stdout.write(`${port}\n`);
}

/** So the engine asks a plugin to end, but so does a terminal's Ctrl-C: what is being made has to be answered first. */
function exitWhenIdle(provider: Provider): void {
  provider.cancel();
  if (running === 0) process.exit(0);
  // The last answer still has to leave.
  whenIdle = () => setTimeout(() => process.exit(0), EXIT_DELAY_MS);
}

/** An engine that was killed can't end its plugins; a plugin without one has nobody to work for. */
function exitWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_CHECK_MS);
  timer.unref();
}

/** @returns a method of the service: an error becomes a gRPC status. */
function unary<Request>(
  handle: (request: Request) => unknown,
): (call: { request: Request }, done: Callback) => void {
  return (call, done) => {
    running++;
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => done(null, response),
        (error: unknown) => done(toStatus(error)),
      )
      .finally(() => {
        running--;
        if (running === 0) whenIdle();
      });
  };
}

function handlers(
  provider: Provider,
  { version, unsupported: reason }: PluginFacts,
): Record<string, unknown> {
  const unsupported = (what: string) => (_call: unknown, done: Callback) =>
    done({ code: grpc.status.UNIMPLEMENTED, message: `${what} ${reason}` });
  return {
    handshake: unsupported("a handshake"),
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(version)),
    getSchema: unary(() => new messages.GetSchemaResponse().setSchema("{}")),
    parameterize: unsupported("a parameterized package"),
    getMapping: unary(() => new messages.GetMappingResponse()),
    getMappings: unary(() => new messages.GetMappingsResponse()),
    construct: unsupported("a component of charts or YAML files"),
    call: unsupported("a method"),
    invoke: provider.invoke
      ? unary(async (request: InstanceType<typeof messages.InvokeRequest>) => {
          const result = await provider.invoke?.(request.getTok(), fromStruct(request.getArgs()));
          return new messages.InvokeResponse().setReturn(toStruct(result ?? {}));
        })
      : unsupported("a function"),
    checkConfig: unary((request: InstanceType<typeof messages.CheckRequest>) =>
      new messages.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(diffConfig),
    configure: unary(async (request: InstanceType<typeof messages.ConfigureRequest>) => {
      await provider.configure(fromStruct(request.getArgs()));
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: unary(async (request: InstanceType<typeof messages.CheckRequest>) => {
      const checked = await provider.check({
        urn: request.getUrn(),
        olds: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
      });
      const failures = checked.failures.map(({ property, reason }) =>
        new messages.CheckFailure().setProperty(property).setReason(reason),
      );
      return new messages.CheckResponse().setInputs(toStruct(checked.inputs)).setFailuresList(failures);
    }),
    diff: unary((request: InstanceType<typeof messages.DiffRequest>) =>
      toDiffResponse(
        provider.diff({
          state: fromStruct(request.getOlds()),
          oldInputs: fromStruct(request.getOldInputs()),
          news: fromStruct(request.getNews()),
        }),
      ),
    ),
    create: unary(async (request: InstanceType<typeof messages.CreateRequest>) => {
      const created = await provider.create({
        urn: request.getUrn(),
        inputs: fromStruct(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
        preview: request.getPreview(),
      });
      return new messages.CreateResponse().setId(created.id).setProperties(toStruct(created.state));
    }),
    update: unary(async (request: InstanceType<typeof messages.UpdateRequest>) => {
      const state = await provider.update({
        urn: request.getUrn(),
        inputs: fromStruct(request.getNews()),
        state: fromStruct(request.getOlds()),
        timeoutSeconds: request.getTimeout(),
        preview: request.getPreview(),
      });
      return new messages.UpdateResponse().setProperties(toStruct(state));
    }),
    read: unary(async (request: InstanceType<typeof messages.ReadRequest>) => {
      const found = await provider.read({
        id: request.getId(),
        urn: request.getUrn(),
        state: fromStruct(request.getProperties()),
        inputs: fromStruct(request.getInputs()),
      });
      if (!found) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(found.id)
        .setProperties(toStruct(found.state))
        .setInputs(toStruct(found.inputs));
    }),
    delete: unary(async (request: InstanceType<typeof messages.DeleteRequest>) => {
      await provider.delete({
        id: request.getId(),
        urn: request.getUrn(),
        state: fromStruct(request.getProperties()),
        timeoutSeconds: request.getTimeout(),
      });
      return new Empty();
    }),
    cancel: unary(() => {
      provider.cancel();
      return new Empty();
    }),
  };
}

function diffConfig(request: InstanceType<typeof messages.DiffRequest>): unknown {
  const changed = !same(
    withoutVersion(fromStruct(request.getOldInputs())),
    withoutVersion(fromStruct(request.getNews())),
  );
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  return new messages.DiffResponse().setChanges(changed ? DIFF_SOME : DIFF_NONE);
}

function withoutVersion({ version: _version, ...settings }: Json): Json {
  return settings;
}

function toDiffResponse(difference: ReturnType<Provider["diff"]>): unknown {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const { changes, deleteBeforeReplace } = difference;
  const response = new messages.DiffResponse()
    .setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setReplacesList(changes.filter((change) => change.replace).map((change) => change.path))
    .setDiffsList([...new Set(changes.map((change) => change.path.split(/[.[]/, 1)[0] ?? ""))])
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const change of changes) {
    const [inPlace, replacing] = kinds[change.kind];
    const detail = new messages.PropertyDiff()
      .setKind(change.replace ? replacing : inPlace)
      .setInputdiff(true);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  return response;
}
