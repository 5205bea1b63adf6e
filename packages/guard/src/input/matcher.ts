/** Where one of the words of a label stands. */
export interface Hit {
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** Whether its language puts imperatives first. */
  readonly leads: boolean;
}

interface Node {
  readonly next: Map<number, Node>;
  /** Where to go on when no letter fits: the longest ending that begins a word. */
  fallback: Node | undefined;
  readonly ends: Word[];
}

export interface Word {
  readonly label: string;
  readonly text: string;
  /** Whether a letter or digit may stand before it. */
  readonly anywhere: boolean;
  /** Whether it is a beginning of words, or a word. */
  readonly whole: boolean;
  /** Whether its language puts imperatives first. */
  readonly leads: boolean;
}

/** Finds all words in one pass over a text. */
export type Matcher = (text: string) => { readonly hits: Hit[]; readonly steps: number };

/**
 * Aho and Corasick's automaton (1975): the time is linear in the text, whatever the words and the text are.
 *
 * @returns the finder; hits come in the order of their ends, `steps` counts moves in the automaton
 */
export function createMatcher(words: readonly Word[]): Matcher {
  const root = build(words);
  return (text) => {
    const hits: Hit[] = [];
    let steps = 0;
    let node = root;
    for (let at = 0; at < text.length; at++) {
      const letter = text.charCodeAt(at);
      let next = node.next.get(letter);
      steps++;
      while (next === undefined && node.fallback !== undefined) {
        node = node.fallback;
        next = node.next.get(letter);
        steps++;
      }
      node = next ?? root;
      for (const word of node.ends) {
        const [start, end] = [at + 1 - word.text.length, at + 1];
        if (!word.anywhere && isWordLetter(text, start - 1)) continue;
        if (word.whole && isWordLetter(text, end)) continue;
        hits.push({ label: word.label, start, end, leads: word.leads });
      }
    }
    return { hits, steps };
  };
}

function build(words: readonly Word[]): Node {
  const root: Node = { next: new Map(), fallback: undefined, ends: [] };
  for (const word of words) {
    let node = root;
    for (let at = 0; at < word.text.length; at++) {
      const letter = word.text.charCodeAt(at);
      let next = node.next.get(letter);
      if (next === undefined) {
        next = { next: new Map(), fallback: root, ends: [] };
        node.next.set(letter, next);
      }
      node = next;
    }
    node.ends.push(word);
  }
  // By depth, so that a fallback is finished before it is needed.
  const queue = [...root.next.values()];
  for (const node of queue) {
    node.ends.push(...(node.fallback?.ends ?? []));
    for (const [letter, child] of node.next) {
      let from = node.fallback;
      while (from !== undefined && !from.next.has(letter)) from = from.fallback;
      child.fallback = from?.next.get(letter) ?? root;
      queue.push(child);
    }
  }
  return root;
}

const LETTER = /[\p{L}\p{N}]/u;

function isWordLetter(text: string, at: number): boolean {
  return at >= 0 && at < text.length && LETTER.test(text.charAt(at));
}
