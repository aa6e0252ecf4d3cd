import type { V1Deployment, V1Job, V1PodTemplateSpec } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { oneOffJob } from "../../ops/pods/one-off.ts";
import { directEnvironment, withEnvironment } from "../../ops/pods/template.ts";
import { statusOf } from "../../ops/pods/exec-command.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { theResource } from "../stack/views.ts";
import { IMAGES } from "../../config/images.ts";
import { TEMPORARY_FOLDER } from "../../domain/temporary-folder.ts";

const plan = await planStack();
const inputs = <T>(type: string, name: string): T =>
  theResource(plan, type, name).inputs as unknown as T;
const web = inputs<V1Deployment>("kubernetes:apps/v1:Deployment", "web").spec!.template;
const migration = inputs<V1Job>("kubernetes:batch/v1:Job", "migrate-pre-deployment");

const ASKED = {
  name: "tootctl",
  args: ["bin/tootctl", "media", "usage"],
  deadlineSeconds: 60,
  priority: "lowest",
};

test("the pod is the web pod's image, environment and mounts, and nothing that makes members or schedulers take it for one", () => {
  const labels = {
    "app.kubernetes.io/name": "mastodon",
    "app.kubernetes.io/component": "one-off",
    "app.kubernetes.io/part-of": "mastodon",
  };
  expect(oneOffJob(web, ASKED)).toEqual({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { generateName: "tootctl-", namespace: "mastodon", labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 60,
      ttlSecondsAfterFinished: 600,
      template: {
        metadata: {
          labels,
          annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
        },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          restartPolicy: "Never",
          priorityClassName: "lowest",
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 991,
            runAsGroup: 991,
            fsGroup: 991,
            seccompProfile: { type: "RuntimeDefault" },
          },
          initContainers: [web.spec?.initContainers?.[0]],
          containers: [
            {
              name: "command",
              image: IMAGES.mastodon,
              args: ["bin/tootctl", "media", "usage"],
              env: [
                { name: "BOOTSNAP_READONLY", value: "1" },
                { name: "TMPDIR", value: TEMPORARY_FOLDER },
                { name: "MAX_THREADS", value: "8" },
              ],
              envFrom: [
                { configMapRef: { name: "environment-rails-0a1b2c3d" } },
                { configMapRef: { name: "environment-pooled-0a1b2c3d" } },
                { secretRef: { name: "environment-application-secret-0a1b2c3d" } },
                { secretRef: { name: "environment-push-secret-0a1b2c3d" } },
              ],
              volumeMounts: [
                { name: "ca", mountPath: "/etc/mastodon/ca", readOnly: true },
                { name: "tmp", mountPath: "/tmp" },
              ],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              resources: {
                requests: { cpu: "250m", memory: "512Mi" },
                limits: { cpu: "2", memory: "1536Mi" },
              },
            },
          ],
          volumes: [
            { name: "ca", secret: { secretName: "environment-ca-secret-0a1b2c3d" } },
            { name: "tmp", emptyDir: { sizeLimit: "2Gi" } },
          ],
        },
      },
    },
  });
});

test("neighbours, their volumes and web's priority stay behind: a count of files must not push Sidekiq off its node", () => {
  const crowded: V1PodTemplateSpec = {
    ...web,
    spec: {
      ...web.spec!,
      priorityClassName: "serving",
      initContainers: [{ name: "before" }, ...(web.spec?.initContainers ?? [])],
      containers: [{ name: "exporter" }, ...web.spec!.containers],
      volumes: [...web.spec!.volumes!, { name: "scratch", emptyDir: {} }],
    },
  };
  expect(oneOffJob(crowded, ASKED)).toEqual(oneOffJob(web, ASKED));
});

test("past the pool it has the environment of the newest migration", () => {
  const at = (time: string, name: string): V1Job => ({
    metadata: { creationTimestamp: new Date(time) },
    spec: { template: { spec: { containers: [{ name, envFrom: [{ prefix: name }] }] } } },
  });
  const jobs = [at("2026-01-02", "new"), at("2026-01-01", "old")];
  expect(directEnvironment(jobs)).toEqual([{ prefix: "new" }]);
  expect(directEnvironment([...jobs].reverse())).toEqual([{ prefix: "new" }]);
  expect(directEnvironment([])).toBeUndefined();

  const direct = withEnvironment(web, directEnvironment([migration])!);
  expect(oneOffJob(direct, ASKED).spec?.template.spec?.containers[0]?.envFrom).toEqual([
    { configMapRef: { name: "environment-rails-0a1b2c3d" } },
    { configMapRef: { name: "environment-direct-0a1b2c3d" } },
    { secretRef: { name: "environment-application-secret-0a1b2c3d" } },
  ]);
});

test("a server of another shape is told as that, not met with a pod of guesses", () => {
  expect(() => oneOffJob({ spec: { containers: [{ name: "web", image: "x" }] } }, ASKED)).toThrow(
    "Run it from the commit of the last deploy",
  );
});

test("the exit status of a program in a pod is the program's own", () => {
  expect(statusOf({ status: "Success" })).toBe(0);
  expect(
    statusOf({ status: "Failure", details: { causes: [{ reason: "ExitCode", message: "2" }] } }),
  ).toBe(2);
  expect(() => statusOf({ status: "Failure", message: "no such file" })).toThrow("no such file");
});
