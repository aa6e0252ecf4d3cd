import type { Properties } from "../../providers/provider.ts";
import type { World } from "../world.ts";

/** The methods that the clouds' HTTP APIs use. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A request as an operation sees it. */
export interface RestRequest {
  readonly method: Method;
  /** The address of the face, without a slash at its end: links between pages begin with it. */
  readonly url: string;
  /** The path below the face's base path, without the query. */
  readonly path: string;
  /** Values of the path's `{parameters}`, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Header fields, by their name in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The JSON body; empty where there is none, or another kind. */
  readonly body: Properties;
  /** The body as it was sent: for an operation that takes no JSON. */
  readonly sent: string;
  /** The token of `Authorization: Bearer …`. */
  readonly token: string | undefined;
}

/**
 * An answer. `body` is sent as JSON, or as it is where it is a text with a content type of its own.
 */
export interface RestAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of a cloud's API. */
export interface Operation {
  readonly method: Method;
  /** As the cloud's description writes it: `/v2/vpcs/{vpc_id}`. */
  readonly path: string;
  answer(request: RestRequest, world: World): RestAnswer | Promise<RestAnswer>;
}

/** The HTTP API of one cloud. */
export interface CloudFace {
  readonly cloud: "digitalocean" | "cloudflare";
  /**
   * The part of the address that every operation's path is below; empty, or with a leading slash.
   */
  readonly basePath: string;
  readonly operations: readonly Operation[];
  /** Refuses a request whose credentials are missing, or not good enough. */
  authenticate(request: RestRequest, world: World): RestAnswer | undefined;
  /**
   * A refusal in the cloud's own shape and words; without a message, in the words of its status.
   */
  refuse(status: number, message?: string): RestAnswer;
  /** The answer for a refusal that an operation or a row threw; undefined for any other error. */
  refusalOf(error: unknown): RestAnswer | undefined;
}

/** An operation with the values of its path. */
export interface Routed {
  readonly operation: Operation;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The operation for a request; undefined where there is none. A path that is written out wins over
 * a parameter: `/v2/projects/default` over `/v2/projects/{project_id}`.
 */
export function route(
  operations: readonly Operation[],
  method: string,
  path: string,
): Routed | undefined {
  return operations
    .filter((operation) => operation.method === method)
    .flatMap((operation) => {
      const parameters = parametersOf(operation.path, path);
      return parameters === undefined ? [] : [{ operation, parameters }];
    })
    .sort((a, b) => Object.keys(a.parameters).length - Object.keys(b.parameters).length)[0];
}

/** The values of a pattern's parameters in a path, decoded; undefined where they don't fit. */
export function parametersOf(
  pattern: string,
  path: string,
): Readonly<Record<string, string>> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== value) return undefined;
    } else if (value === "") return undefined;
    else parameters[name] = decodeURIComponent(value);
  }
  return parameters;
}
