/** Colours by what they are for, so that a component says nothing of light or dark. */
export interface Colors {
  readonly background: string;
  /** The sidebar and what lies beside the page. */
  readonly sunken: string;
  /** Cards, fields, what lies on the page. */
  readonly raised: string;
  readonly hover: string;
  readonly selected: string;
  readonly border: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly onAccent: string;
  /** The user's own messages. */
  readonly bubble: string;
  readonly onBubble: string;
  readonly code: string;
  readonly danger: string;
  readonly dangerSurface: string;
  readonly notice: string;
  readonly noticeSurface: string;
  readonly overlay: string;
}

export const LIGHT: Colors = {
  background: "#fbfcfb",
  sunken: "#f0f3f1",
  raised: "#ffffff",
  hover: "#e6ebe8",
  selected: "#dde8e4",
  border: "#dbe2de",
  text: "#16201d",
  muted: "#5d6b66",
  accent: "#0b7a75",
  onAccent: "#ffffff",
  bubble: "#d8efe9",
  onBubble: "#0d2b28",
  code: "#eef2f0",
  danger: "#b42318",
  dangerSurface: "#fdecea",
  notice: "#7a4b00",
  noticeSurface: "#fdf1d8",
  overlay: "rgba(9, 20, 18, 0.86)",
};

export const DARK: Colors = {
  background: "#101414",
  sunken: "#0a0e0e",
  raised: "#181e1e",
  hover: "#1b2323",
  selected: "#1f2c2b",
  border: "#2a3333",
  text: "#e7eeec",
  muted: "#93a19d",
  accent: "#46c9bd",
  onAccent: "#04201e",
  bubble: "#15433f",
  onBubble: "#e2f7f3",
  code: "#1a2121",
  danger: "#ff8b7e",
  dangerSurface: "#3a1b18",
  notice: "#f5c66b",
  noticeSurface: "#35290f",
  overlay: "rgba(0, 0, 0, 0.9)",
};

/** Distances, in density-independent pixels. */
export const SPACE = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 40 } as const;
export const RADIUS = { s: 8, m: 12, l: 20, full: 999 } as const;

/** Sizes and line heights of text. */
export const TYPE = {
  caption: { fontSize: 12, lineHeight: 16 },
  label: { fontSize: 14, lineHeight: 20 },
  body: { fontSize: 16, lineHeight: 25 },
  heading: { fontSize: 18, lineHeight: 24 },
  title: { fontSize: 28, lineHeight: 34 },
} as const;

/** From here on the conversations stand beside the chat. */
export const WIDE = 900;
/** Lines longer than this are hard to read. */
export const COLUMN = 760;

export type Appearance = "system" | "light" | "dark";
