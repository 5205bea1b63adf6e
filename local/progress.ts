/** What a step of a command is given: where to say what it does now, and when to stop. */
export interface StepContext {
  /** One line, present tense, that replaces the last: "building kubelet (2 of 6)". */
  readonly report: (line: string) => void;
  /** Aborted on Ctrl-C; a step stops its children and leaves what a later `up` or `down` can go on from. */
  readonly signal: AbortSignal;
}
