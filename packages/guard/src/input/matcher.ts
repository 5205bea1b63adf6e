import { isLetter } from "./letters.ts";

export interface Word {
  /** What it means, as a number from 0 to 31. */
  readonly meaning: number;
  readonly text: string;
  /** Whether a letter or digit may stand before it. */
  readonly anywhere: boolean;
  /** Whether it is a beginning of words, or a word. */
  readonly whole: boolean;
  /** Whether its language puts imperatives first. */
  readonly leads: boolean;
}

/** Where a word stands. */
export interface Hit {
  readonly word: Word;
  readonly start: number;
  readonly end: number;
}

export interface Hits {
  /** In the order of their ends. */
  readonly hits: readonly Hit[];
  /** The meanings that they have, a bit for each. */
  readonly meanings: number;
  /** Moves of the automaton. */
  readonly steps: number;
}

/** Finds all words in one pass over a text. */
export type Matcher = (text: string) => Hits;

const ROOT = 0;

/**
 * Aho and Corasick's automaton (1975): the time is linear in the text, whatever the words and the text are. Its moves
 * are in Aoe's double array (1989): that from `state` by a letter's column is at `base[state] + column`, where
 * `owner` names the state. No other way is as small and as quick in the tens of thousands of states of all alphabets.
 */
export function createMatcher(words: readonly Word[]): Matcher {
  const { states, columnOf } = build(words);
  const { base, owner, target } = pack(states, columnOf);
  const fallback = Uint16Array.from(states, (state) => state.fallback);
  const ends = states.map((state) => (state.ends.length > 0 ? state.ends : undefined));
  return (text) => {
    const hits: Hit[] = [];
    let [meanings, steps, state] = [0, 0, ROOT];
    for (let at = 0; at < text.length; at++) {
      const column = columnOf[text.charCodeAt(at)] as number;
      steps++;
      // In no word.
      if (column === 0) {
        state = ROOT;
        continue;
      }
      let place = (base[state] as number) + column;
      while (owner[place] !== state && state !== ROOT) {
        state = fallback[state] as number;
        place = (base[state] as number) + column;
        steps++;
      }
      if (owner[place] !== state) continue;
      state = target[place] as number;
      const found = ends[state];
      if (found === undefined) continue;
      for (const word of found) {
        const end = at + 1;
        const start = end - word.text.length;
        if (!word.anywhere && start > 0 && isLetter(text.charCodeAt(start - 1))) continue;
        if (word.whole && end < text.length && isLetter(text.charCodeAt(end))) continue;
        hits.push({ word, start, end });
        meanings |= 1 << word.meaning;
      }
    }
    return { hits, meanings, steps };
  };
}

interface State {
  /** By column. */
  readonly next: Map<number, number>;
  /** Where to go on when no letter fits: the longest ending that begins a word. */
  fallback: number;
  readonly ends: Word[];
}

/** @returns the automaton's states, and the column of each UTF-16 unit: 0 of those that no word has */
function build(words: readonly Word[]) {
  const columnOf = new Uint16Array(0x10000);
  const states: State[] = [{ next: new Map(), fallback: ROOT, ends: [] }];
  const state = (at: number) => states[at] as State;
  let columns = 0;
  for (const word of words) {
    let last = ROOT;
    for (let at = 0; at < word.text.length; at++) {
      const letter = word.text.charCodeAt(at);
      const column = columnOf[letter] || ++columns;
      columnOf[letter] = column;
      let next = state(last).next.get(column);
      if (next === undefined) {
        next = states.push({ next: new Map(), fallback: ROOT, ends: [] }) - 1;
        state(last).next.set(column, next);
      }
      last = next;
    }
    state(last).ends.push(word);
  }
  // By depth, so that a fallback is finished before it is needed.
  const queue = [...state(ROOT).next.values()];
  for (const at of queue) {
    const { next, fallback, ends } = state(at);
    ends.push(...state(fallback).ends);
    for (const [column, child] of next) {
      let from = fallback;
      while (from !== ROOT && !state(from).next.has(column)) from = state(from).fallback;
      state(child).fallback = state(from).next.get(column) ?? ROOT;
      queue.push(child);
    }
  }
  return { states, columnOf };
}

/** Lays the moves of all states into one another, each in the first gap that takes them. */
function pack(states: readonly State[], columnOf: Uint16Array) {
  const columns = columnOf.reduce((most, column) => Math.max(most, column), 0);
  const base = new Int32Array(states.length);
  const [owners, targets]: [number[], number[]] = [[], []];
  let free = columns;
  for (const [at, { next }] of states.entries()) {
    const needed = [...next.keys()];
    while (owners[free] !== undefined) free++;
    let from = free - Math.min(...needed, free);
    while (needed.some((column) => owners[from + column] !== undefined)) from++;
    base[at] = from;
    for (const [column, child] of next) {
      owners[from + column] = at;
      targets[from + column] = child;
    }
  }
  const size = owners.length + columns + 1;
  const owner = Int32Array.from({ length: size }, (_, place) => owners[place] ?? -1);
  const target = Uint16Array.from({ length: size }, (_, place) => targets[place] ?? ROOT);
  return { base, owner, target };
}
