import { z } from "zod";

/**
 * Types of values that several parts of the configuration share. Each describes its allowed values,
 * from which the messages are built.
 */

const HOST = "a host name in lower case, without scheme, port or a dot at its end";

/** An international top-level domain is `xn--` and letters, digits, hyphens: `xn--p1ai`. */
const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/u;

/** A DNS name without scheme, port or trailing dot. */
export const hostName = (description: string) =>
  z
    .string()
    .regex(HOST_NAME, { error: ({ input }) => asHostName(input) })
    .meta({ description, allowed: HOST, examples: ["example.social"] });

/**
 * Error text with the host name that the operator meant, or undefined if that can't be determined.
 * Letters beyond ASCII are in the form that names have on the wire.
 */
function asHostName(input: unknown): string | undefined {
  const text = String(input).trim().replace(/^@/u, "").replace(/\.$/u, "");
  const address = URL.parse(/^https?:\/\//iu.test(text) ? text : `https://${text}`);
  const host = address?.hostname.replace(/\.$/u, "") ?? "";
  return HOST_NAME.test(host) ? `expected ${HOST}: write it as "${host}"` : undefined;
}

/** Whole numbers between two bounds, both included. */
export const whole = (min: number, max: number, example: number, description: string) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ description, examples: [example] });

/** GiB in steps of 10, as DigitalOcean rounds them anyway. */
export const tensOfGib = (min: number, max: number, example: number, description: string) =>
  z
    .int()
    .min(min)
    .max(max)
    .multipleOf(10)
    .meta({
      description,
      allowed: `a multiple of 10 from ${min} to ${max}, without quotes`,
      examples: [example],
    });

/** An hour of the day, UTC. */
export const hourUtc = (example: number, description: string) => whole(0, 23, example, description);

/** A moment, UTC, as the commands write it. */
export const stamp = (description: string) =>
  z
    .string()
    .regex(/^\d{8}T\d{6}Z$/u)
    .meta({
      description,
      allowed: "a time in UTC as YYYYMMDDThhmmssZ",
      examples: ["20261129T120000Z"],
    });

/** The beginning of a SHA-256, as the commands write it. @param allowed says which command. */
export const shortHash = (description: string, allowed: string) =>
  z
    .string()
    .regex(/^v1-[0-9a-f]{24}$/u)
    .meta({ description, allowed, examples: ["v1-0123456789abcdef01234567"] });

/** A text of printable characters on one line. */
export const line = (description: string, example: string, longest = 500) =>
  z
    .string()
    .regex(/^[^\p{C}]+$/u)
    .max(longest)
    .meta({
      description,
      allowed: `a text of one line, up to ${longest} characters`,
      examples: [example],
    });

/** A flag that is off by default. */
export const flag = (description: string) => z.boolean().default(false).meta({ description });

/** A TCP port. */
export const port = (usual: number, description: string) =>
  whole(1, 65_535, usual, description).default(usual);

/** A URL; plain HTTP only if `http` allows it. */
export const address = (
  description: string,
  example: string,
  { http = false }: { readonly http?: boolean } = {},
) =>
  z
    .string()
    .regex(
      http
        ? /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[!-~]*)?$/u
        : /^https:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[!-~]*)?$/u,
    )
    .meta({
      description,
      allowed: `an address that begins with https://${http ? " or http://" : ""}, its host in lower case`,
      examples: [example],
    });

/** Location of a server of the operator's. */
export const network = (what: string) =>
  z
    .enum(["internet", "vpc"])
    .default("internet")
    .meta({
      description: `Where ${what} stands: NetworkPolicies open this way and no other. \`vpc\`: the server's own network. One in another namespace of the cluster is known by its name, \`<service>.<namespace>.svc.cluster.local\`.`,
    });
