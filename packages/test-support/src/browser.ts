import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

/** What a browser remembers of one origin, by name. */
type Jar = Map<string, string>;

interface Step {
  readonly url: string;
  readonly status: number;
  readonly location: string | null;
  readonly response: Response;
}

export interface TestBrowser {
  /** The cookies of an origin, as a header. */
  cookies(origin: string): string;
  cookie(origin: string, name: string): string | undefined;
  /** Goes to an address with GET, as a navigation unless said, and keeps the cookies. Follows nothing. */
  visit(url: string, headers?: Readonly<Record<string, string | undefined>>): Promise<Step>;
  /** Goes on from redirect to redirect, until there is none, or the next address begins with `until`. */
  follow(url: string, until?: string): Promise<Step>;
  /** Takes the cookies of an answer that a script of the page has got. */
  keep(origin: string, response: Response): void;
}

/**
 * The little of a browser that a sign-in needs, named a double: cookies by origin, redirects, navigations.
 *
 * @param at where an origin really is, for those that the test's machine doesn't know
 */
export function createBrowser(at: Readonly<Record<string, string>> = {}): TestBrowser {
  const jars = new Map<string, Jar>();
  const network = `198.51.${randomBytes(1)[0]}.${randomBytes(1)[0]}`;
  const jarOf = (origin: string): Jar => {
    const jar = jars.get(origin) ?? new Map();
    jars.set(origin, jar);
    return jar;
  };
  const browser: TestBrowser = {
    cookies: (origin) => [...jarOf(origin)].map(([name, value]) => `${name}=${value}`).join("; "),
    cookie: (origin, name) => jarOf(origin).get(name),
    keep(origin, response) {
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === "" || /expires=Thu, 01 Jan 1970/i.test(cookie)) jarOf(origin).delete(name);
        else jarOf(origin).set(name, value);
      }
    },
    async visit(url, headers = {}) {
      const { origin, pathname, search } = new URL(url);
      const response = await get(`${at[origin] ?? origin}${pathname}${search}`, {
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        "x-forwarded-for": network,
        cookie: browser.cookies(origin),
        ...headers,
      });
      browser.keep(origin, response);
      const location = response.headers.get("location");
      return { url, status: response.status, location: location && new URL(location, url).href, response };
    },
    async follow(url, until) {
      let step = await browser.visit(url);
      while (step.location !== null && !(until && step.location.startsWith(until))) {
        if (!/^https?:/.test(step.location)) break;
        step = await browser.visit(step.location);
      }
      return step;
    },
  };
  return browser;
}

/** `fetch` would set Fetch Metadata of its own. */
async function get(url: string, headers: Readonly<Record<string, string | undefined>>): Promise<Response> {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  const outgoing = request(url, { headers: Object.fromEntries(given) });
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const named = incoming.rawHeaders.flatMap((name, at, all): [string, string][] =>
    at % 2 === 0 ? [[name, all[at + 1] ?? ""]] : [],
  );
  return new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 0, headers: named });
}
