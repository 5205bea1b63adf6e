/** Where a text comes from. */
export type Source = "user" | "tool" | "document" | "memory";

export interface Rule {
  readonly name: string;
  /** Meanings that have to meet in one sentence. */
  readonly needs: readonly string[];
  /** How far they may be apart, in characters. */
  readonly within: number;
  /** How sure it makes that the text is an attack, from 0 to 1: written by the user, or by anyone else. */
  readonly user: number;
  readonly others: number;
  /** The meaning that comes first, in languages whose imperatives do. */
  readonly leading?: string;
  /** What takes away that `leading` is a command, right before it ("how do I"). */
  readonly unless?: string;
  /** Whether it may be met over the ends of sentences. */
  readonly acrossSentences?: true;
}

/**
 * A user may say to the agent what a document may not. Weights of rules that meet add up as chances do.
 */
export const RULES: readonly Rule[] = [
  {
    name: "override",
    needs: ["ignore", "prior", "rule"],
    leading: "ignore",
    unless: "asked",
    within: 90,
    user: 0.85,
    others: 0.85,
  },
  // The agent's own rules are nothing to ask for.
  {
    name: "override",
    needs: ["ignore", "given", "rule"],
    leading: "ignore",
    within: 90,
    user: 0.85,
    others: 0.85,
  },
  { name: "override", needs: ["prior", "rule", "void"], within: 90, user: 0.7, others: 0.75 },
  { name: "override", needs: ["ignore", "told"], leading: "ignore", within: 60, user: 0.7, others: 0.8 },
  {
    name: "override",
    needs: ["remove", "given", "rule"],
    leading: "remove",
    within: 60,
    user: 0.75,
    others: 0.8,
  },
  {
    name: "override",
    needs: ["remove", "given", "told"],
    leading: "remove",
    within: 60,
    user: 0.7,
    others: 0.8,
  },
  // What people do to orders, policies and rules of every kind: told of, no more.
  {
    name: "removal",
    needs: ["asked", "ignore", "prior", "rule"],
    within: 90,
    user: 0.36,
    others: 0.36,
  },
  {
    name: "removal",
    needs: ["remove", "prior", "rule"],
    leading: "remove",
    within: 60,
    user: 0.36,
    others: 0.36,
  },
  { name: "removal", needs: ["remove", "told"], leading: "remove", within: 60, user: 0.45, others: 0.5 },
  // The rules first, then "ignore them".
  {
    name: "override",
    needs: ["given", "rule", "ignoreThem"],
    within: 120,
    user: 0.75,
    others: 0.8,
    acrossSentences: true,
  },
  { name: "override", needs: ["prior", "rule", "ignoreThem"], within: 90, user: 0.45, others: 0.5 },
  {
    name: "override-loose",
    needs: ["ignore", "rule"],
    leading: "ignore",
    within: 40,
    user: 0.3,
    others: 0.35,
  },
  {
    name: "renewed",
    needs: ["ignore", "renewed"],
    within: 160,
    user: 0.45,
    others: 0.5,
    acrossSentences: true,
  },
  {
    name: "renewed",
    needs: ["remove", "renewed"],
    within: 160,
    user: 0.3,
    others: 0.35,
    acrossSentences: true,
  },
  { name: "renewed-agent", needs: ["renewed", "agent"], within: 100, user: 0.3, others: 0.6 },
  { name: "extraction", needs: ["show", "ownPrompt"], within: 90, user: 0.75, others: 0.75 },
  {
    name: "persona",
    needs: ["become", "unbound"],
    within: 160,
    user: 0.7,
    others: 0.75,
    acrossSentences: true,
  },
  { name: "mode", needs: ["become", "mode"], within: 90, user: 0.4, others: 0.5 },
  {
    name: "mode-unbound",
    needs: ["mode", "unbound"],
    within: 160,
    user: 0.65,
    others: 0.7,
    acrossSentences: true,
  },
  {
    name: "mode-rule",
    needs: ["mode", "ignore"],
    within: 160,
    user: 0.4,
    others: 0.4,
    acrossSentences: true,
  },
  { name: "exfiltration", needs: ["send", "secret", "place"], within: 160, user: 0.36, others: 0.5 },
  { name: "concealment", needs: ["conceal", "user"], within: 60, user: 0.36, others: 0.65 },
  { name: "addressed", needs: ["agent", "must"], within: 80, user: 0, others: 0.3 },
  {
    name: "addressed-send",
    needs: ["agent", "send", "secret"],
    within: 200,
    user: 0.1,
    others: 0.55,
    acrossSentences: true,
  },
  { name: "addressed-override", needs: ["agent", "ignore", "rule"], within: 160, user: 0.4, others: 0.6 },
  { name: "forged-token", needs: ["token"], within: 0, user: 0.36, others: 0.6 },
  {
    name: "forged-turn",
    needs: ["token", "rule"],
    within: 200,
    user: 0.5,
    others: 0.5,
    acrossSentences: true,
  },
  {
    name: "forged-turn",
    needs: ["token", "unbound"],
    within: 200,
    user: 0.5,
    others: 0.5,
    acrossSentences: true,
  },
  { name: "forged-heading", needs: ["forged"], within: 0, user: 0.4, others: 0.5 },
  {
    name: "forged-order",
    needs: ["forged", "rule"],
    within: 160,
    user: 0.4,
    others: 0.4,
    acrossSentences: true,
  },
  {
    name: "forged-order",
    needs: ["forged", "unbound"],
    within: 160,
    user: 0.4,
    others: 0.4,
    acrossSentences: true,
  },
  {
    name: "forged-order",
    needs: ["forged", "become"],
    within: 120,
    user: 0.3,
    others: 0.3,
    acrossSentences: true,
  },
];
