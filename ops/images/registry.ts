import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { partsOf } from "../../domain/images.ts";

/**
 * Asks a registry for the digest of a tag through the OCI distribution API
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests),
 * without credentials.
 */

/**
 * Media types of an index of several architectures, for OCI and Docker. A manifest of a single
 * architecture is accepted, too, so that the error can name it.
 */
const INDEX_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const MANIFEST_TYPES = [
  ...INDEX_TYPES,
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** Platform of a DOKS node. */
const PLATFORM = { os: "linux", architecture: "amd64" } as const;
/** Number of requests to a registry that is busy or broken. */
const TRIES = 4;
/** Longest wait between two tries, milliseconds, even if the registry asks for more. */
const LONGEST_WAIT_MS = 15_000;
const TIMEOUT_MS = 30_000;
/** Largest size of an index. No index of a public image is larger. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/** Waits before the next request to a busy registry. Tests wait less. */
export interface Patience {
  /** Wait before the second try; each further one is twice as long. Default: 500. */
  readonly firstWaitMs?: number;
}

/**
 * Returns the digest of a tag: that of the index of all architectures, verified against the
 * received bytes.
 * @param image `ghcr.io/mastodon/mastodon:v4.7.6`; a digest after it is ignored.
 * @throws Error with a message. The tag is unknown, the registry refuses or does not answer, the
 * bytes do not match their digest, or no node could run the image.
 */
export async function resolveDigest(image: string, patience: Patience = {}): Promise<string> {
  const { repository, tag } = partsOf(image);
  const what = `${repository}:${tag}`;
  const response = await askRegistry(what, `${urlOf(repository)}/manifests/${tag}`, patience);
  if (response.status === 404)
    throw new Error(
      `${what}: the registry knows no such tag. Look at its tags, and mend config/images.ts.`,
    );
  if (!response.ok)
    throw new Error(
      `${what}: the registry answers ${response.status} ${response.statusText}. If the image is private, it can't be pinned by this; else try again later.`,
    );
  return checked(what, response.headers, Buffer.from(await response.arrayBuffer()));
}

/** API URL of a repository: `https://ghcr.io/v2/mastodon/mastodon`. */
export function urlOf(repository: string): string {
  const [host = "", ...path] = repository.split("/");
  return `${originOf(host)}/v2/${path.join("/")}`;
}

/**
 * Sends one request to a registry, with an anonymous token if it requires one.
 * @param what the image or repository, for messages.
 * @throws Error with a message if the registry does not answer or issues no token.
 */
export async function askRegistry(
  what: string,
  url: string,
  patience: Patience,
): Promise<Response> {
  const response = await ask(what, url, {}, patience);
  if (response.status !== 401) return response;
  const token = await tokenFor(what, response.headers.get("www-authenticate") ?? "", patience);
  return await ask(what, url, { authorization: `Bearer ${token}` }, patience);
}

/**
 * Docker Hub's image names and its registry have two hosts. Only this machine is requested without
 * TLS, for a test's registry.
 */
function originOf(host: string): string {
  if (/^(localhost|127\.0\.0\.1):\d+$/u.test(host)) return `http://${host}`;
  return `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;
}

function checked(what: string, headers: Headers, body: Buffer): string {
  if (body.length > LARGEST_BYTES)
    throw new Error(
      `${what}: the registry sent ${body.length} bytes, which is no index of an image.`,
    );
  const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  const said = headers.get("docker-content-digest");
  if (said !== null && said !== digest)
    throw new Error(
      `${what}: the registry says ${said}, but what it sent is ${digest}. Something on the way changes it; nothing was pinned.`,
    );
  const { mediaType = headers.get("content-type") ?? "", manifests } = parsed(what, body);
  if (!INDEX_TYPES.some((type) => mediaType.startsWith(type)))
    throw new Error(
      `${what}: it is an image of one architecture alone (${mediaType}), and nothing says of which. Take a tag that has an index.`,
    );
  const runs = (manifests ?? []).some(
    ({ platform }) =>
      platform?.os === PLATFORM.os && platform.architecture === PLATFORM.architecture,
  );
  if (!runs)
    throw new Error(
      `${what}: it has no image for ${PLATFORM.os}/${PLATFORM.architecture}, which the nodes are. Take another tag.`,
    );
  return digest;
}

interface Index {
  readonly mediaType?: string;
  readonly manifests?: readonly {
    readonly platform?: { readonly os?: string; readonly architecture?: string };
  }[];
}

function parsed(what: string, body: Buffer): Index {
  try {
    return JSON.parse(body.toString("utf8")) as Index;
  } catch {
    throw new Error(`${what}: what the registry sent is no JSON; is it a registry?`);
  }
}

/**
 * Gets an anonymous token from the address that the registry names
 * (https://distribution.github.io/distribution/spec/auth/token/).
 */
async function tokenFor(what: string, challenge: string, patience: Patience): Promise<string> {
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/gu)].map(([, key, value]) => [key, value]),
  );
  const realm = fields["realm"];
  if (!/^Bearer /iu.test(challenge) || realm === undefined)
    throw new Error(
      `${what}: the registry wants a password ("${challenge}"), and none is given here.`,
    );
  const url = new URL(realm);
  if (url.protocol !== "https:" && !["127.0.0.1", "localhost"].includes(url.hostname))
    throw new Error(
      `${what}: the registry wants its token fetched without TLS, from ${url.origin}.`,
    );
  for (const key of ["service", "scope"])
    if (fields[key] !== undefined) url.searchParams.set(key, fields[key]);
  const response = await ask(what, url.href, {}, patience);
  const answer = response.ok
    ? ((await response.json()) as { readonly token?: string; readonly access_token?: string })
    : {};
  const token = answer.token ?? answer.access_token;
  if (token === undefined)
    throw new Error(
      `${what}: ${url.origin} gives no anonymous token (${response.status}). A private image can't be pinned by this.`,
    );
  return token;
}

/** Sends one request, and repeats it a few times while the registry is busy or broken. */
async function ask(
  what: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  { firstWaitMs = 500 }: Patience,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const last = attempt === TRIES;
    const wait = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** (attempt - 1));
    try {
      const response = await fetch(url, {
        headers: { accept: [...MANIFEST_TYPES, "application/json"].join(", "), ...headers },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (last || (response.status !== 429 && response.status < 500)) return response;
      await response.body?.cancel();
      const asked = Number(response.headers.get("retry-after")) * 1000;
      await sleep(asked > 0 ? Math.min(asked, LONGEST_WAIT_MS) : wait);
    } catch (error) {
      if (last)
        throw new Error(
          `${what}: ${new URL(url).host} can't be reached (${reasonOf(error)}). Check the network and run it again.`,
          { cause: error },
        );
      await sleep(wait);
    }
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as {
    readonly message?: string;
    readonly cause?: { readonly code?: string };
  };
  return cause?.code ?? message ?? String(error);
}
