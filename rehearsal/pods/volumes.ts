import type {
  V1Container,
  V1KeyToPath,
  V1Pod,
  V1ProjectedVolumeSource,
} from "@kubernetes/client-node";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ValueReader } from "./pod-environment.ts";

/** A folder or file of the rehearsal that is mounted in a container. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/**
 * Creates a pod's volumes in a folder, and returns a container's mounts.
 * @throws Error for a kind of volume that no pod of the stack uses, and if a ConfigMap or Secret is
 * missing.
 */
export async function mountsOf(
  pod: V1Pod,
  container: V1Container,
  read: ValueReader,
  folder: string,
): Promise<readonly Mount[]> {
  const mounts: Mount[] = [];
  for (const { name, mountPath, readOnly, subPath } of container.volumeMounts ?? []) {
    const volume = pod.spec?.volumes?.find((candidate) => candidate.name === name);
    const source = join(folder, name);
    // It contains plain secrets, which the container's user can read only through the mount.
    await mkdir(source, { recursive: true });
    if (volume?.secret !== undefined) {
      const { secretName = "", items } = volume.secret;
      await fill(source, `secret "${secretName}"`, await read.secret(secretName), items);
    } else if (volume?.configMap !== undefined) {
      const { name: configMap = "", items } = volume.configMap;
      await fill(source, `configmap "${configMap}"`, await read.configMap(configMap), items);
    } else if (volume?.projected !== undefined)
      await project(source, volume.projected, pod.spec?.serviceAccountName ?? "default", read);
    else if (volume?.emptyDir !== undefined) await chmod(source, 0o777);
    else
      throw new Error(
        `The rehearsal can't make the volume ${name} of pod ${pod.metadata?.name ?? ""}: it is none of secret, configMap, projected and emptyDir.`,
      );
    mounts.push({
      source: subPath === undefined ? source : join(source, subPath),
      target: mountPath,
      // The kubelet always mounts ConfigMaps and Secrets read-only.
      readOnly: readOnly === true || volume.emptyDir === undefined,
    });
  }
  return mounts;
}

/** A projected volume. Pods of the stack use tokens and ConfigMaps in it. */
async function project(
  folder: string,
  { sources }: V1ProjectedVolumeSource,
  account: string,
  read: ValueReader,
): Promise<void> {
  for (const { serviceAccountToken, configMap, ...other } of sources ?? []) {
    if (Object.values(other).some((source) => source !== undefined))
      throw new Error(
        "The rehearsal can't make a projected volume of anything but tokens and ConfigMaps.",
      );
    if (serviceAccountToken !== undefined) {
      const { path, expirationSeconds = 3_600 } = serviceAccountToken;
      const token = (await read.token?.(account, expirationSeconds)) ?? "";
      await writeFile(join(folder, path), token, { mode: 0o644 });
    }
    if (configMap !== undefined) {
      const { name = "", items } = configMap;
      await fill(folder, `configmap "${name}"`, await read.configMap(name), items);
    }
  }
}

async function fill(
  folder: string,
  what: string,
  data: Readonly<Record<string, string>> | undefined,
  items: readonly V1KeyToPath[] | undefined,
): Promise<void> {
  if (data === undefined) throw new Error(`${what} not found`);
  const files =
    items === undefined
      ? Object.entries(data).map(([key, value]) => ({ path: key, value }))
      : items.map(({ key, path }) => ({ path, value: data[key] }));
  for (const { path, value } of files) {
    if (value === undefined) throw new Error(`${what} has no key for ${path}`);
    await writeFile(join(folder, path), value, { mode: 0o644 });
  }
}
