import { Redis } from "ioredis";
import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeAuthority, type Authority, type KeyPair } from "../authority.ts";
import type { DatabaseBackend, PostgresMembers, RunningDatabase } from "../clouds/backends.ts";
import type { Processes, Server } from "../processes.ts";
import { hyphenated, PORTS, valkeyConf, type Pool } from "./config-files.ts";
import { isListening } from "../listening.ts";
import { foldersAbove, rootArguments } from "../pods/sandbox.ts";
import type { AddressSource } from "./loopback.ts";
import { placePostgres, type PostgresBinaries } from "./postgres-binaries.ts";
import { PostgresServer } from "./postgres-server.ts";
import { findServerUser, makeFolderFor, writeFileFor, type ServerUser } from "./server-user.ts";

/**
 * Names of DigitalOcean's private CA and of its successor. As with real ones, no two have the same
 * name.
 */
const PRIVATE_CA = "CN=DigitalOcean project CA (rehearsal)";
const NEXT_PRIVATE_CA = "CN=next DigitalOcean project CA (rehearsal)";

/** Input of a run's databases. */
export interface DatabasesOptions {
  /** Created if missing. Other users can pass through it. */
  readonly directory: string;
  readonly processes: Processes;
  /** The Debian 13 root file system that contains Valkey. */
  readonly root: string;
  readonly addresses: AddressSource;
}

/** Shared by all databases of a run, created with the first. */
interface Ground {
  readonly user: ServerUser;
  readonly binaries: PostgresBinaries;
  /**
   * DigitalOcean's private CA: it signs Postgres' certificates, and `getDatabaseCa` returns it for
   * both engines.
   */
  readonly privateAuthority: Authority;
  /**
   * Simulates the public roots: DigitalOcean's Valkey has a public certificate (its "connect" page
   * for Valkey).
   */
  readonly publicAuthority: Authority;
}

/** A running Valkey, with its administrator's connection. */
interface RunningValkey {
  readonly server: Server;
  readonly login: {
    readonly host: string;
    readonly port: number;
    readonly password: string;
    readonly tls: { readonly ca: string; readonly servername: string };
  };
}

/** Real servers behind the simulated cloud's databases. */
export class Databases implements DatabaseBackend {
  readonly #options: DatabasesOptions;
  #ground: Promise<Ground> | undefined;
  readonly #postgres = new Map<string, PostgresServer>();
  readonly #hosts = new Map<string, readonly string[]>();
  readonly #valkey = new Map<string, RunningValkey>();

  constructor(options: DatabasesOptions) {
    this.#options = options;
  }

  /**
   * PEM of the authority that simulates the public roots. The trust store of the rehearsal's images
   * contains it.
   */
  async publicRoots(): Promise<string> {
    return (await this.#grounds()).publicAuthority.pair.certificate;
  }

  /** A certificate that the images' trust store covers, as of a server on the Internet. */
  async publicCertificate(hosts: readonly string[]): Promise<KeyPair> {
    const { publicAuthority } = await this.#grounds();
    return await publicAuthority.issue({
      subject: `CN=${hosts[0] ?? ""}`,
      usages: ["server"],
      dnsNames: hosts,
    });
  }

  /**
   * Allows or forbids the login of each Postgres' administrator, as an operator can in the control
   * panel.
   */
  async letAdminIn(allowed: boolean): Promise<void> {
    await Promise.all([...this.#postgres.values()].map((server) => server.letAdminIn(allowed)));
  }

  /**
   * Runs a statement in Mastodon's database as the cloud's own agent. Returns the rows of each
   * Postgres.
   */
  async asAgent(statement: string): Promise<readonly Record<string, unknown>[]> {
    const servers = [...this.#postgres.values()];
    return (
      await Promise.all(servers.map((server) => server.asAgent("mastodon", statement)))
    ).flat();
  }

  /**
   * Replaces Mastodon's database in each Postgres by an empty one. The original is kept under
   * another name.
   */
  async hideMastodon(): Promise<void> {
    for (const server of this.#postgres.values())
      await server.withoutClients(async () => {
        await server.renameDatabase("mastodon", "mastodon_hidden");
        await server.createDatabase("mastodon");
      });
  }

  /** Restores Mastodon's database under its name. */
  async showMastodon(): Promise<void> {
    for (const server of this.#postgres.values())
      await server.withoutClients(async () => {
        await server.dropDatabase("mastodon");
        await server.renameDatabase("mastodon_hidden", "mastodon");
      });
  }

  async createPostgres(
    databaseId: string,
    hosts: readonly string[],
    copy?: string,
  ): Promise<RunningDatabase> {
    const { user, binaries, privateAuthority } = await this.#grounds();
    const address = await this.#options.addresses([PORTS.postgres, PORTS.pool]);
    const folder = this.#folder(databaseId);
    await makeFolderFor(user, folder);
    const server = new PostgresServer({
      name: databaseId,
      folder,
      address,
      certificate: await privateAuthority.issue({
        subject: "CN=postgres",
        usages: ["server"],
        dnsNames: hosts,
      }),
      binaries,
      user,
      processes: this.#options.processes,
    });
    await server.start(copy);
    this.#postgres.set(databaseId, server);
    this.#hosts.set(databaseId, hosts);
    return {
      address,
      adminUser: "doadmin",
      adminPassword: server.adminPassword,
      caCertificate: privateAuthority.pair.certificate,
    };
  }

  async copyPostgres(databaseId: string): Promise<string> {
    const { user } = await this.#grounds();
    const folder = join(this.#options.directory, `copy-${randomBytes(4).toString("hex")}`);
    await makeFolderFor(user, folder);
    await this.#postgresOf(databaseId).copyTo(folder);
    return folder;
  }

  async membersOf(databaseId: string): Promise<PostgresMembers> {
    return await this.#postgresOf(databaseId).members();
  }

  async createValkey(
    databaseId: string,
    hosts: readonly string[],
    evictionPolicy: string,
  ): Promise<RunningDatabase> {
    const { user, privateAuthority, publicAuthority } = await this.#grounds();
    const address = await this.#options.addresses([PORTS.valkey]);
    const folder = this.#folder(databaseId);
    await makeFolderFor(user, folder);
    const adminPassword = randomBytes(18).toString("base64url");
    const certificate = await publicAuthority.issue({
      subject: "CN=valkey",
      usages: ["server"],
      dnsNames: hosts,
    });
    const files = {
      address,
      socketFolder: folder,
      certificateFile: join(folder, "server.crt"),
      keyFile: join(folder, "server.key"),
    };
    const conf = join(folder, "valkey.conf");
    for (const [path, text] of [
      [files.certificateFile, certificate.certificate],
      [files.keyFile, certificate.key],
      [conf, valkeyConf(files, adminPassword, evictionPolicy, folder)],
    ] as const)
      await writeFileFor(user, path, text);
    const server = await this.#options.processes.start({
      name: `valkey ${databaseId}`,
      command: "/usr/bin/bwrap",
      args: [
        // The first process inside belongs to root. It ends with this process; for another user's
        // process the kernel would clear that setting.
        ...["--die-with-parent", "--unshare-pid", ...rootArguments(this.#options.root)],
        ...[
          ...foldersAbove([folder]),
          "--bind",
          folder,
          folder,
          "--",
          "/usr/bin/setpriv",
          `--reuid=${user.uid}`,
        ],
        ...[`--regid=${user.gid}`, "--clear-groups", "--", "/usr/bin/valkey-server", conf],
      ],
      directory: folder,
      logFile: join(folder, "valkey.log"),
    });
    const tls = { ca: publicAuthority.pair.certificate, servername: hosts[0] ?? "" };
    const login = { host: address, port: PORTS.valkey, password: adminPassword, tls };
    this.#valkey.set(databaseId, { server, login });
    await untilListening(server, address, PORTS.valkey);
    return {
      address,
      adminUser: "default",
      adminPassword,
      caCertificate: privateAuthority.pair.certificate,
    };
  }

  async setEvictionPolicy(databaseId: string, evictionPolicy: string): Promise<void> {
    const valkey = this.#valkey.get(databaseId);
    if (valkey === undefined) throw new Error(`There is no Valkey ${databaseId} in this run.`);
    await withClient(valkey, (client) =>
      client.config("SET", "maxmemory-policy", hyphenated(evictionPolicy)),
    );
  }

  /** Asks every Valkey as the cloud's own agent. Returns the answers. */
  async asValkeyAgent<T>(ask: (client: Redis) => Promise<T>): Promise<readonly T[]> {
    return await Promise.all([...this.#valkey.values()].map((each) => withClient(each, ask)));
  }

  async answerAs(databaseId: string, hosts: readonly string[]): Promise<void> {
    const { privateAuthority } = await this.#grounds();
    const all = [...(this.#hosts.get(databaseId) ?? []), ...hosts];
    await this.#postgresOf(databaseId).useCertificate(
      await privateAuthority.issue({ subject: "CN=postgres", usages: ["server"], dnsNames: all }),
    );
    this.#hosts.set(databaseId, all);
  }

  async rotateCa(): Promise<string> {
    const ground = await this.#grounds();
    const privateAuthority = await makeAuthority(NEXT_PRIVATE_CA);
    this.#ground = Promise.resolve({ ...ground, privateAuthority });
    await Promise.all(
      [...this.#postgres.keys()].map((databaseId) => this.answerAs(databaseId, [])),
    );
    return privateAuthority.pair.certificate;
  }

  /**
   * Folder in which `psql` of this machine's root user finds the socket of a Postgres; undefined
   * for another engine.
   */
  socketFolder(databaseId: string): string | undefined {
    return this.#postgres.has(databaseId) ? this.#folder(databaseId) : undefined;
  }

  async createUser(databaseId: string, name: string): Promise<string> {
    return await this.#postgresOf(databaseId).createUser(name);
  }

  async resetPassword(databaseId: string, name: string): Promise<string> {
    return await this.#postgresOf(databaseId).resetPassword(name);
  }

  async dropUser(databaseId: string, name: string): Promise<void> {
    await this.#postgresOf(databaseId).dropUser(name);
  }

  async createDatabase(databaseId: string, name: string): Promise<void> {
    await this.#postgresOf(databaseId).createDatabase(name);
  }

  async dropDatabase(databaseId: string, name: string): Promise<void> {
    await this.#postgresOf(databaseId).dropDatabase(name);
  }

  async createPool(databaseId: string, pool: Pool): Promise<void> {
    await this.#postgresOf(databaseId).createPool(pool);
  }

  async dropPool(databaseId: string, name: string): Promise<void> {
    await this.#postgresOf(databaseId).dropPool(name);
  }

  async destroy(databaseId: string): Promise<void> {
    await this.#postgres.get(databaseId)?.stop();
    await this.#valkey.get(databaseId)?.server.stop(100);
    this.#postgres.delete(databaseId);
    this.#hosts.delete(databaseId);
    this.#valkey.delete(databaseId);
    await rm(this.#folder(databaseId), { recursive: true, force: true });
  }

  #folder(databaseId: string): string {
    return join(this.#options.directory, databaseId);
  }

  #postgresOf(databaseId: string): PostgresServer {
    const server = this.#postgres.get(databaseId);
    if (server === undefined) throw new Error(`There is no Postgres ${databaseId} in this run.`);
    return server;
  }

  #grounds(): Promise<Ground> {
    return (this.#ground ??= this.#prepare());
  }

  async #prepare(): Promise<Ground> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o711 });
    const [user, binaries, privateAuthority, publicAuthority] = await Promise.all([
      findServerUser(),
      placePostgres(join(directory, "postgres")),
      makeAuthority(PRIVATE_CA),
      makeAuthority("CN=public root (rehearsal)"),
    ]);
    return { user, binaries, privateAuthority, publicAuthority };
  }
}

/** Runs `use` with a connection of a Valkey's administrator. */
async function withClient<T>(
  { login }: RunningValkey,
  use: (client: Redis) => Promise<T>,
): Promise<T> {
  const client = new Redis(login);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

async function untilListening(server: Server, address: string, port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    if (await isListening({ host: address, port })) return;
    if (!server.running() || Date.now() > deadline)
      throw new Error(`${server.name} did not start: ${server.logTail(3)}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
