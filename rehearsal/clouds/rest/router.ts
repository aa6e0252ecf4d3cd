import type { Properties } from "../../providers/provider.ts";
import type { World } from "../world.ts";

/** The methods that the clouds' HTTP APIs use. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A request for an operation. */
export interface RestRequest {
  readonly method: Method;
  /** URL of the API, without a slash at its end. Links between pages begin with it. */
  readonly url: string;
  /** Path below the API's base path, without the query. */
  readonly path: string;
  /** Values of the path's `{parameters}`, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Header fields by their lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The JSON body; empty if there is none, or another kind. */
  readonly body: Properties;
  /** The raw body, for an operation that takes no JSON. */
  readonly sent: string;
  /** Token of `Authorization: Bearer …`. */
  readonly token: string | undefined;
}

/**
 * An answer. `body` is sent as JSON, or unchanged if it is bytes, or a string with a content type.
 */
export interface RestAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of a cloud's API. */
export interface Operation {
  readonly method: Method;
  /** Path as in the cloud's description: `/v2/vpcs/{vpc_id}`. */
  readonly path: string;
  answer(request: RestRequest, world: World): RestAnswer | Promise<RestAnswer>;
}

/** The HTTP API of one cloud. */
export interface CloudFace {
  readonly cloud: "digitalocean" | "cloudflare";
  /** Path prefix of all operations; empty, or with a leading slash. */
  readonly basePath: string;
  readonly operations: readonly Operation[];
  /** Refuses a request whose credentials are missing or insufficient. */
  authenticate(request: RestRequest, world: World): RestAnswer | undefined;
  /** A refusal in the cloud's own form. Default message: that of the status. */
  refuse(status: number, message?: string): RestAnswer;
  /** Answer for a refusal that an operation or a row threw; undefined for any other error. */
  refusalOf(error: unknown): RestAnswer | undefined;
}

/** An operation with the values from its path. */
export interface Routed {
  readonly operation: Operation;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Finds the operation for a request; undefined if there is none. A literal path has precedence over
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

/** Values of a pattern's parameters in a path, decoded; undefined if the path does not match. */
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
