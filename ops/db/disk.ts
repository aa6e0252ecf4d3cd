import { type Clouds, type Json, readAll } from "../recover/clouds.ts";

/** Disk of each database cluster that the token sees, bytes, by the cluster's private host. */
export async function disksByHost({
  digitalocean,
}: Pick<Clouds, "digitalocean">): Promise<ReadonlyMap<string, number>> {
  const all: readonly Json[] = await readAll(digitalocean.databases, "databases");
  return new Map(
    all.map(({ privateConnection, storageSizeMib }) => [
      String(privateConnection?.host),
      Number(storageSizeMib) * 2 ** 20,
    ]),
  );
}

/** Disk of the Postgres cluster with this private host, bytes. */
export async function diskBytesOf(
  clouds: Pick<Clouds, "digitalocean">,
  host: string,
): Promise<number> {
  const bytes = (await disksByHost(clouds)).get(host);
  if (bytes === undefined)
    throw new Error(
      `DigitalOcean shows this token no database with the host ${host}, so its room is not known. Nothing was changed. Set the right DIGITALOCEAN_TOKEN.`,
    );
  return bytes;
}
