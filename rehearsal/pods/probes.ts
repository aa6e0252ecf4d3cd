import type { V1Pod } from "@kubernetes/client-node";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { containerOf, environmentOf, type ValueReader } from "./pod-environment.ts";
import { libpqOf } from "./libpq.ts";
import { runInSandbox, type SandboxResult } from "./sandbox.ts";
import { mountsOf, type Mount } from "./volumes.ts";

/** Client library of a container's process: Rails, streaming, or libpq with its own variables. */
export type ClientKind = "ruby" | "streaming" | "libpq";

/** A container from which to connect. */
export interface ProbeTarget {
  readonly pod: V1Pod;
  readonly container: string;
  readonly kind: ClientKind;
}

/** Input of all probes. */
export interface ProbeGround {
  readonly read: ValueReader;
  readonly hosts: ReadonlyMap<string, string>;
  /** The Debian 13 root file system from which images are built. */
  readonly root: string;
  /** The images' trust store, PEM. */
  readonly trustStore: string;
  /** A CA that signed nothing here, PEM. */
  readonly otherCa: string;
  /** Folder for volumes. */
  readonly directory: string;
}

/** Result of a probe. `detail` contains no secret. */
export interface ProbeResult {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

type Environment = Readonly<Record<string, string>>;

/** A variation of the pod's own settings, and the expected end of the connection. */
interface Variation {
  readonly name: string;
  readonly environment: Environment;
  readonly mounts: readonly Mount[];
  readonly trustStore: string;
  /** Text that makes the probe pass: the answer, or the reason of the refusal. */
  readonly expects: { readonly exit: "zero" | "other"; readonly text: RegExp };
}

const HERE = dirname(fileURLToPath(import.meta.url));
const PROJECT = join(HERE, "..", "..");
const TIMEOUT_MS = 20_000;
/** Resolves to the same server, but is not in its certificate. */
const OTHER_HOST = "not-in-the-certificate.example.com";

const REFUSED = {
  chain:
    /certificate verify failed|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/u,
  host: /does not match host name|ERR_TLS_CERT_ALTNAME_INVALID/u,
  plaintext:
    /no encryption|SSL required|SSL connection is required|Connection is closed|ECONNRESET|EPIPE|read E/u,
} as const;

/**
 * Connects from a container: with its live environment and mounts, as its user. First unchanged,
 * which must succeed. Then with one fault at a time, each of which must be refused for that reason:
 * a check that can't fail proves nothing.
 */
export async function probeContainer(
  target: ProbeTarget,
  ground: ProbeGround,
): Promise<readonly ProbeResult[]> {
  const container = containerOf(target.pod, target.container);
  const environment = await environmentOf(container, ground.read);
  const folder = join(ground.directory, target.pod.metadata?.uid ?? "", target.container);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mounts = await mountsOf(target.pod, container, ground.read, folder);
  const wrongCa = await withOtherCa(mounts, ground.otherCa, folder);
  const hosts = new Map(ground.hosts);
  const security = { ...target.pod.spec?.securityContext, ...container.securityContext };
  const run = async (
    variation: Variation,
    program: readonly string[],
    extra: Environment,
    host: string,
  ): Promise<ProbeResult> => {
    const address = ground.hosts.get(host);
    if (address !== undefined) hosts.set(OTHER_HOST, address);
    const result = await runInSandbox({
      root: ground.root,
      program,
      environment: { ...variation.environment, ...extra },
      mounts: [...variation.mounts, ...probeMounts()],
      uid: security.runAsUser ?? 0,
      gid: security.runAsGroup ?? 0,
      hosts: new Map(hosts),
      trustStore: variation.trustStore,
      timeoutMs: TIMEOUT_MS,
    });
    return judged(variation, result);
  };
  const databaseHost = environment["DB_HOST"] ?? environment["PGHOST"] ?? "";
  const results: ProbeResult[] = [];
  for (const variation of databaseVariations(environment, mounts, wrongCa, ground.trustStore))
    results.push(
      target.kind === "streaming"
        ? await run(variation, node("postgres.mjs"), storeOf(variation.environment), databaseHost)
        : await run(
            variation,
            ["psql", "-XAtc", "SELECT 'answered as ' || current_user"],
            libpqOf(variation.environment),
            databaseHost,
          ),
    );
  if (target.kind === "libpq") return results;
  const driver = environment["REDIS_DRIVER"];
  if (target.kind === "ruby" && driver !== "ruby")
    return [
      ...results,
      {
        name: "Redis: REDIS_DRIVER",
        passed: false,
        detail: `is ${driver ?? "unset"}; only "ruby" checks the host name over TLS`,
      },
    ];
  const url = new URL(environment["REDIS_URL"] ?? "redis://unset");
  for (const variation of redisVariations(environment, mounts, ground, url))
    results.push(
      await run(variation, node("redis.mjs"), storeOf(variation.environment), url.hostname),
    );
  return results;
}

function databaseVariations(
  environment: Environment,
  mounts: readonly Mount[],
  wrongCa: readonly Mount[],
  trustStore: string,
): readonly Variation[] {
  const own = { environment, mounts, trustStore };
  const [hostKey, modeKey] =
    environment["DB_HOST"] === undefined ? ["PGHOST", "PGSSLMODE"] : ["DB_HOST", "DB_SSLMODE"];
  const refused = (text: RegExp): Variation["expects"] => ({ exit: "other", text });
  return [
    { ...own, name: "Postgres", expects: { exit: "zero", text: /answered as/u } },
    {
      ...own,
      name: "Postgres with another CA",
      mounts: wrongCa,
      expects: refused(REFUSED.chain),
    },
    {
      ...own,
      name: "Postgres by a host name not in the certificate",
      environment: { ...environment, [hostKey]: OTHER_HOST },
      expects: refused(REFUSED.host),
    },
    {
      ...own,
      name: "Postgres in plaintext",
      environment: { ...environment, [modeKey]: "disable" },
      expects: refused(REFUSED.plaintext),
    },
  ];
}

function redisVariations(
  environment: Environment,
  mounts: readonly Mount[],
  { trustStore, otherCa }: ProbeGround,
  url: URL,
): readonly Variation[] {
  const own = { environment, mounts, trustStore };
  const changed = (change: (copy: URL) => void): Environment => {
    const copy = new URL(url);
    change(copy);
    return { ...environment, REDIS_URL: copy.href };
  };
  const refused = (text: RegExp): Variation["expects"] => ({ exit: "other", text });
  return [
    { ...own, name: "Redis", expects: { exit: "zero", text: /PONG/u } },
    {
      ...own,
      name: "Redis with another trust store",
      trustStore: otherCa,
      expects: refused(REFUSED.chain),
    },
    {
      ...own,
      name: "Redis by a host name not in the certificate",
      environment: changed((copy) => (copy.hostname = OTHER_HOST)),
      expects: refused(REFUSED.host),
    },
    {
      ...own,
      name: "Redis in plaintext",
      // The URL class can't change a scheme from one non-standard scheme to another.
      environment: { ...environment, REDIS_URL: url.href.replace(/^rediss:/u, "redis:") },
      expects: refused(REFUSED.plaintext),
    },
  ];
}

/**
 * Passes if it ended as expected. After another end it shows only the error, without values of the
 * environment.
 */
function judged(variation: Variation, result: SandboxResult): ProbeResult {
  const { name, expects, environment } = variation;
  const text = `${result.stdout}${result.stderr}`.trim();
  const passed = (result.exitCode === 0) === (expects.exit === "zero") && expects.text.test(text);
  const secrets = ["DB_PASS", "PGPASSWORD", "REDIS_URL"].flatMap((key) => environment[key] ?? []);
  const shown = secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
  return {
    name: expects.exit === "zero" ? name : `${name} is refused`,
    passed,
    detail: shown.split("\n").at(-1)?.slice(0, 300) ?? "",
  };
}

/**
 * Path at which the image's OpenSSL looks by default, because the Node that probes was built with
 * another. The pod's own setting has precedence.
 */
function storeOf(environment: Environment): Environment {
  return {
    SSL_CERT_FILE: environment["SSL_CERT_FILE"] ?? "/etc/ssl/certs/ca-certificates.crt",
  };
}

function node(program: string): readonly string[] {
  return ["/opt/probe/node", "--use-openssl-ca", `/opt/probe/programs/${program}`];
}

function probeMounts(): readonly Mount[] {
  return [
    { source: process.execPath, target: "/opt/probe/node", readOnly: true },
    { source: join(PROJECT, "node_modules"), target: "/opt/probe/node_modules", readOnly: true },
    { source: join(HERE, "probe-programs"), target: "/opt/probe/programs", readOnly: true },
  ];
}

/** The same mounts, with another certificate in every file of the CA's folder. */
async function withOtherCa(
  mounts: readonly Mount[],
  otherCa: string,
  folder: string,
): Promise<readonly Mount[]> {
  const source = join(folder, "other-ca");
  await mkdir(source, { recursive: true });
  await writeFile(join(source, "do-internal.crt"), otherCa, { mode: 0o644 });
  return mounts.map((mount) => (mount.target.endsWith("/ca") ? { ...mount, source } : mount));
}
