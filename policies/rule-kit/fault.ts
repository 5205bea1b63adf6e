/** Where a property is: `["spec", "containers", 0, "image"]`. */
export type Path = readonly (string | number)[];

/** One property set or, without a value, removed. */
export interface Change {
  readonly path: Path;
  readonly value?: unknown;
  /** For a value that only a person can know: one of its form. `value` then holds `<what it is>` for reading. */
  readonly example?: unknown;
  /** URN of the resource to change, if it is not the one at fault. */
  readonly on?: string;
}

/** A resource that has to be there. */
export interface Addition {
  readonly add: {
    readonly type: string;
    readonly name: string;
    readonly props: Record<string, unknown>;
    /** Properties that are the id of another resource: its URN. */
    readonly refersTo?: Readonly<Record<string, string>>;
  };
}

/** What a rule found, and the smallest change that passes: each part of it is necessary, together they are enough. */
export interface Fault {
  /** What is wrong, without the values of secrets: `container "api" may run as root` */
  readonly wrong: string;
  readonly fix: readonly (Change | Addition)[];
}

/** @returns `deployment "api": container "api" may run as root. Smallest change that passes: set spec.… to true` */
export function describeFault(resource: { type: string; name: string }, { wrong, fix }: Fault): string {
  const changes = fix.map(describeStep).join(", and ");
  return `${kindOf(resource.type)} "${resource.name}": ${wrong}. Smallest change that passes: ${changes}.`;
}

function describeStep(step: Change | Addition): string {
  if ("add" in step) {
    const { type, name, props, refersTo = {} } = step.add;
    const references = Object.entries(refersTo).map(([key, urn]) => [key, `<id of ${describeUrn(urn)}>`]);
    return `add ${kindOf(type)} "${name}" with ${show({ ...Object.fromEntries(references), ...props })}`;
  }
  const target = step.on ? ` of ${describeUrn(step.on)}` : "";
  const place = `${formatPath(step.path)}${target}`;
  return step.value === undefined ? `remove ${place}` : `set ${place} to ${show(step.value)}`;
}

const show = (value: unknown) => JSON.stringify(value);

/** @returns `spec.containers[0].image`; what is no identifier is quoted. */
export function formatPath(path: Path): string {
  return path
    .map((key) => (typeof key === "string" && /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${show(key)}]`))
    .join("")
    .replace(/^\./, "");
}

/** @returns `pod disruption budget` for `kubernetes:policy/v1:PodDisruptionBudget` */
function kindOf(type: string): string {
  const kind = type.split(":").at(-1) ?? type;
  return kind.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

function describeUrn(urn: string): string {
  const parts = urn.split("::");
  return `${kindOf(parts.at(-2)?.split("$").at(-1) ?? "")} "${parts.at(-1)}"`;
}
