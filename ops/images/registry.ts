import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { partsOf } from "../../domain/images.ts";

/**
 * Asks a registry for what a tag points at, by the OCI distribution API
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests),
 * without credentials.
 */

/**
 * An index of several architectures, in the words of OCI and of Docker. A manifest of one alone is
 * asked for too, to say what it is.
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
/** Number of times that a registry which is busy or broken is asked. */
const TRIES = 4;
/** The longest wait between two tries, milliseconds, whatever the registry asks for. */
const LONGEST_WAIT_MS = 15_000;
const TIMEOUT_MS = 30_000;
/** No index of a public image is larger; what is, is not one. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/** Waits before a busy registry is asked again. Tests wait less. */
export interface Patience {
  /** Before the second try; each further one waits twice as long. Default 500. */
  readonly firstWaitMs?: number;
}

/**
 * The digest that a tag points at now: that of the index of all architectures, checked against the
 * bytes that were sent.
 * @param image `ghcr.io/mastodon/mastodon:v4.7.6`; a digest behind it is not looked at.
 * @throws Error in a sentence: unknown tag, registry that refuses or is away, bytes that are not
 * what their digest says, an image that no node could run.
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

/** URL at which a registry answers for a repository: `https://ghcr.io/v2/mastodon/mastodon`. */
export function urlOf(repository: string): string {
  const [host = "", ...path] = repository.split("/");
  return `${originOf(host)}/v2/${path.join("/")}`;
}

/**
 * One question to a registry, with an anonymous token where it wants one.
 * @param what the image or repository, for sentences.
 * @throws Error in a sentence where nobody answers, or no token is given.
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
 * Docker Hub's names and its registry are two hosts. Only this machine is asked without TLS: a
 * test's registry.
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
 * An anonymous token from where the registry sends us
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

/** One question; asked again while the registry is busy or broken, a few times. */
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
