import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { IMAGES } from "../../../config/images.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { JobPod, timeoutOf } from "../../pods/job-pod.ts";
import { tmpfsOptions } from "../../pods/memory-volumes.ts";
import { statusPatch, type Standing } from "../../pods/pod-status.ts";
import type { RunOptions, SandboxResult } from "../../pods/sandbox.ts";

/** A container with this command, and the pod's volume. */
const container = (name: string): V1Container => ({
  name,
  image: IMAGES.postgres,
  command: [name],
  volumeMounts: [{ name: "pipes", mountPath: "/pipes" }],
  terminationMessagePolicy: "FallbackToLogsOnError",
});

const podOf = (containers: readonly string[], inits: readonly string[] = []): V1Pod => ({
  metadata: { name: "backup-1" },
  spec: {
    containers: containers.map(container),
    initContainers: inits.map(container),
    volumes: [{ name: "pipes", emptyDir: {} }],
  },
});

interface Run {
  readonly pod: V1Pod;
  readonly ends: Readonly<Record<string, number>>;
  readonly began: RunOptions[];
  readonly reports: Standing[];
  /** The script of a volume, as each program finds it. */
  readonly files: string[];
}

/** Runs a pod whose programs all wait until the last container has begun. */
async function ran(pod: V1Pod, ends: Readonly<Record<string, number>> = {}): Promise<Run> {
  const began: RunOptions[] = [];
  const reports: Standing[] = [];
  const files: string[] = [];
  const count = pod.spec?.containers.length ?? 0;
  const names = new Set(pod.spec?.containers.map(({ name }) => name));
  let release = (): void => undefined;
  const all = new Promise<void>((resolve) => (release = resolve));
  const run = async (options: RunOptions): Promise<SandboxResult> => {
    began.push(options);
    const script = join(options.mounts.at(-1)?.source ?? "", "script.sh");
    if (existsSync(script)) files.push(readFileSync(script, "utf8"));
    const name = options.program[0] ?? "";
    if (began.filter(({ program }) => names.has(program[0] ?? "")).length === count) release();
    if (names.has(name)) await all;
    return { exitCode: ends[name] ?? 0, stdout: `${name} said\n`, stderr: "" };
  };
  const nothing = async (): Promise<undefined> => undefined;
  let asked = 0;
  const slowly = async (): Promise<Record<string, string>> => {
    // The next container's volumes are written while a program that has begun reads its own.
    await sleep(5 * asked++);
    return { "script.sh": began.length === 0 ? "whole" : "written again" };
  };
  const ground = {
    read: { configMap: slowly, secret: nothing },
    ...{ hosts: new Map<string, string>(), root: "/debian", trustStore: "" },
    ...{ folder: temporaryFolder("volumes"), images: temporaryFolder("images") },
  };
  await new JobPod(pod).run(() => Promise.resolve(ground), {
    ...{ timeoutMs: 1_000, signal: new AbortController().signal, run },
    report: (standing) => Promise.resolve(void reports.push(standing)),
  });
  return { pod, ends, began, reports, files };
}

const statusOf = ({ pod, reports }: Run) =>
  (
    statusPatch(pod, reports.at(-1)!) as {
      status: {
        phase: string;
        containerStatuses: {
          name: string;
          state: { terminated: { exitCode: number; message: string } };
        }[];
      };
    }
  ).status;

test("all containers of a Job's pod run at once: one that waits for another's pipe would hang for ever", async () => {
  const { began, reports } = await ran(podOf(["dump", "encrypt", "store"]));
  expect(began.map(({ program }) => program[0])).toEqual(["dump", "encrypt", "store"]);
  expect(reports.at(0)).toMatchObject({ phase: "Running" });
  expect(reports.at(-1)).toMatchObject({ phase: "Succeeded" });
});

test("containers of a pod share its volume, or no byte passes a pipe", async () => {
  const { began } = await ran(podOf(["dump", "encrypt"]));
  const sources = began.map(
    ({ mounts }) => mounts.find(({ target }) => target === "/pipes")?.source,
  );
  expect(sources[0]).toMatch(/pipes$/u);
  expect(sources[1]).toBe(sources[0]);
});

test("a program begins only when all containers have their scripts: one that was being written again is empty, and ends with 0", async () => {
  const pod = podOf(["dump", "encrypt", "store"]);
  pod.spec!.volumes = [{ name: "pipes", configMap: { name: "scripts" } }];
  const { began, files } = await ran(pod);
  expect(began).toHaveLength(3);
  expect(files).toEqual(["whole", "whole", "whole"]);
});

test("a pod with one failed container has failed, though the others ended well, and each keeps its own end", async () => {
  const status = statusOf(await ran(podOf(["dump", "encrypt", "store"]), { dump: 1 }));
  expect(status.phase).toBe("Failed");
  expect(
    status.containerStatuses.map(({ name, state }) => [name, state.terminated.exitCode]),
  ).toEqual([
    ["dump", 1],
    ["encrypt", 0],
    ["store", 0],
  ]);
  expect(status.containerStatuses[0]?.state.terminated.message).toBe("dump said\n");
  expect(status.containerStatuses[1]?.state.terminated.message).toBe("");
});

test("init containers run one after the other, and a failed one lets no container begin", async () => {
  const well = await ran(podOf(["restore"], ["download", "decrypt"]));
  expect(well.began.map(({ program }) => program[0])).toEqual(["download", "decrypt", "restore"]);
  const badly = await ran(podOf(["restore"], ["download", "decrypt"]), { download: 7 });
  expect(badly.began.map(({ program }) => program[0])).toEqual(["download"]);
  expect(statusOf(badly).phase).toBe("Failed");
  expect(statusOf(badly).containerStatuses[0]?.state.terminated.message).toContain(
    "download ended with 7",
  );
});

test("a pod's program is ended at its deadline, never after an hour: a hung one would hold the rehearsal", () => {
  const pod = podOf(["dump"]);
  expect(timeoutOf(pod)).toBe(180_000);
  expect(timeoutOf(pod, 600)).toBe(600_000);
  expect(timeoutOf(pod, 14_400)).toBe(3_600_000);
  expect(timeoutOf({ spec: { ...pod.spec!, activeDeadlineSeconds: 5 } }, 600)).toBe(5_000);
});

test("a volume in memory has its own limit: a dump that is spilled into it must fail", () => {
  const options = (sizeLimit?: string): string =>
    tmpfsOptions({
      name: "pipes",
      emptyDir: { medium: "Memory", ...(sizeLimit && { sizeLimit }) },
    });
  expect(options("1Mi")).toBe("mode=0777,size=1048576");
  expect(options("4096")).toBe("mode=0777,size=4096");
  expect(options()).toBe("mode=0777");
  expect(() => options("1e3")).toThrow(/"1e3" is no amount/u);
});
