import type { z } from "zod";

export interface Operation {
  readonly method: "get" | "post" | "patch" | "delete";
  /** With `{name}` for each parameter, a key of `PATH_PARAMETERS`. */
  readonly path: `/api/${string}`;
  readonly summary: string;
  /** `user`: with an access token. */
  readonly access: "anyone" | "user";
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Content types of a body that is a file. */
  readonly upload?: readonly string[];
  /** Answers with the version of a context as ETag. */
  readonly versioned?: true;
  readonly success: {
    /** 302: to the address in `Location`. */
    readonly status: 200 | 201 | 204 | 302;
    readonly schema?: z.ZodType;
    /** Content types of an answer that is a file. */
    readonly download?: readonly string[];
  };
  /** Statuses with a Problem, besides those that follow from access, parameters, query and body. */
  readonly problems?: readonly number[];
}

/** By their ids. */
export type Operations = Readonly<Record<string, Operation>>;
