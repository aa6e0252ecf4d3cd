import { execFile } from "node:child_process";
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { makeDoctl, writeExecCredential } from "../../kubernetes/doctl.ts";
import { planStack } from "../../../plan/plan-stack.ts";
import { theResource } from "../../../test/stack/views.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

const run = promisify(execFile);

/** Name and arguments of the program that the stack's kubeconfig runs to get a credential. */
async function execOf(): Promise<readonly [string, readonly string[]]> {
  const plan = await planStack();
  const { inputs } = theResource(plan, "pulumi:providers:kubernetes", "cluster-kubernetes");
  const { users } = JSON.parse(String(inputs["kubeconfig"])) as {
    users: [{ user: { exec: { command: string; args: string[] } } }];
  };
  const { command, args } = users[0].user.exec;
  return [command, args];
}

test("what the stack's kubeconfig starts is answered while the cluster is there, and with a 404 after it", async () => {
  const folder = temporaryFolder("doctl");
  const [command, args] = await execOf();
  const id = args.at(-1)!;
  const cluster = join(folder, "clusters", id);
  await mkdir(cluster, { recursive: true });
  await makeDoctl(join(folder, "path"), join(folder, "clusters"));
  await writeExecCredential(cluster, "a-token");
  const doctl = join(folder, "path", command);

  const { stdout } = await run(doctl, [...args]);
  expect(JSON.parse(stdout)).toEqual({
    apiVersion: "client.authentication.k8s.io/v1beta1",
    kind: "ExecCredential",
    status: { token: "a-token" },
  });

  await rm(cluster, { recursive: true });
  await expect(run(doctl, [...args])).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining(`/v2/kubernetes/clusters/${id}/credentials: 404`) as string,
  });
  await expect(run(doctl, ["auth", "init"])).rejects.toMatchObject({
    stderr: "Error: the rehearsal's doctl does not know: doctl auth init\n",
  });
});

test("nobody else on the machine can read the administrator's token", async () => {
  const folder = temporaryFolder("doctl");
  await writeExecCredential(folder, "a-token");
  const file = join(folder, "exec-credential.json");
  expect(await readFile(file, "utf8")).toContain("a-token");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
