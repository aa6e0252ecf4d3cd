import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A stand-in for `doctl`, as far as the stack's kubeconfig uses it: a Kubernetes client starts it
 * for a credential
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
 */

const CREDENTIAL = "exec-credential.json";

/** The arguments before the cluster's id, as `infra/kubeconfig.ts` has them. */
const COMMAND = "kubernetes cluster kubeconfig exec-credential --version=v1beta1";

/** Writes what `doctl` answers for a cluster into its folder; it goes with that folder. */
export async function writeExecCredential(directory: string, token: string): Promise<void> {
  const credential = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    kind: "ExecCredential",
    status: { token },
  };
  // An administrator's token: nobody else on this machine may read it.
  await writeFile(join(directory, CREDENTIAL), JSON.stringify(credential), { mode: 0o600 });
}

/** Takes the answer away, as in an outage of DigitalOcean's API. Answers how it comes back. */
export async function withholdExecCredential(directory: string): Promise<() => Promise<void>> {
  const [file, hidden] = [join(directory, CREDENTIAL), join(directory, `${CREDENTIAL}.away`)];
  await rename(file, hidden);
  return async () => await rename(hidden, file);
}

/**
 * Makes the program `doctl` in a folder for the engine's PATH.
 * @param clusters the folder with one folder for each running cluster, named by the cluster's id.
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
