import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A fake `doctl` with the one command of the stack's kubeconfig: a Kubernetes client runs it to get
 * a credential
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
 */

const CREDENTIAL = "exec-credential.json";

/** Arguments before the cluster's id, as in `infra/kubeconfig.ts`. */
const COMMAND = "kubernetes cluster kubeconfig exec-credential --version=v1beta1";

/** Writes the answer of `doctl` for a cluster into its folder, with which it is deleted. */
export async function writeExecCredential(directory: string, token: string): Promise<void> {
  const credential = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    kind: "ExecCredential",
    status: { token },
  };
  // An administrator's token, so no other user may read it.
  await writeFile(join(directory, CREDENTIAL), JSON.stringify(credential), { mode: 0o600 });
}

/**
 * Removes the answer, as in an outage of DigitalOcean's API. Returns the function that restores it.
 */
export async function withholdExecCredential(directory: string): Promise<() => Promise<void>> {
  const [file, hidden] = [join(directory, CREDENTIAL), join(directory, `${CREDENTIAL}.away`)];
  await rename(file, hidden);
  return async () => await rename(hidden, file);
}

/**
 * Writes the program `doctl` to a folder for the engine's PATH.
 * @param clusters the folder with one folder for each running cluster, named after the cluster's
 * id.
 */
export async function makeDoctl(folder: string, clusters: string): Promise<void> {
  const script = join(folder, "doctl");
  await mkdir(folder, { recursive: true });
  await writeFile(
    script,
    `#!/bin/sh
id=$6
if [ "$*" != "${COMMAND} $id" ]; then
  echo "Error: the rehearsal's doctl does not know: doctl $*" >&2
  exit 1
fi
cat "${clusters}/$id/${CREDENTIAL}" 2>/dev/null && exit
echo "Error: GET https://api.digitalocean.com/v2/kubernetes/clusters/$id/credentials: 404 The resource you requested could not be found." >&2
exit 1
`,
  );
  await chmod(script, 0o755);
}
