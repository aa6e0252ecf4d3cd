import { randomUUID } from "node:crypto";
import { holderOf, locksOf, type Lock } from "../../recover/lock.ts";
import type { LockedPart } from "../../state/bucket.ts";
import { lockFaults } from "../../state/check.ts";
import { fix, ok, unknown, type Line } from "../line.ts";
import { probeS3, type Probed } from "../s3-probe.ts";
import type { Scene } from "../scene.ts";
import { LINE_LIMIT_MS } from "../scene.ts";

/** The backend of the states, the stack in it, and its lock. */

/** A backend's address: a bucket of an S3, a folder of this machine, or anything else. */
type Backend =
  | { readonly kind: "unset" | "folder" | "spaces" | "other" }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly endpoint: string;
      readonly region: string;
    };

/** Reads `PULUMI_BACKEND_URL`. */
export function backendOf(url: string | undefined): Backend {
  if (url === undefined || url === "") return { kind: "unset" };
  if (url.startsWith("file:")) return { kind: "folder" };
  const [, bucket, query] = /^s3:\/\/([^/?]+)\/?(?:\?(.*))?$/u.exec(url) ?? [];
  if (bucket === undefined) return { kind: "other" };
  const given = new URLSearchParams(query);
  const endpoint = given.get("endpoint") ?? "";
  if (/digitaloceanspaces\.com/u.test(endpoint)) return { kind: "spaces" };
  return {
    kind: "s3",
    bucket,
    // The CLI takes a host without a scheme, too.
    endpoint: /^https?:/u.test(endpoint) ? endpoint : `https://${endpoint}`,
    region: given.get("region") ?? "auto",
  };
}

interface BackendAnswer {
  readonly backend: Backend;
  /** Names of the key that the environment lacks. */
  readonly missing: readonly string[];
  readonly probed?: Probed;
  /** Lock rules of the bucket; undefined where they can't be asked. */
  readonly locks?: readonly LockedPart[] | undefined;
}

const KEY = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;

export const stateBackend: Line<BackendAnswer> = {
  number: 20,
  name: "state-backend",
  checks:
    "the state's bucket: one object is written, read, listed and deleted; its history is locked",
  async ask(scene) {
    const { environment } = scene;
    const backend = backendOf(environment["PULUMI_BACKEND_URL"]);
    if (backend.kind !== "s3") return { backend, missing: [] };
    const [accessKeyId = "", secretAccessKey = ""] = KEY.map((name) => environment[name]);
    const missing = KEY.filter((name) => !environment[name]);
    if (missing.length > 0) return { backend, missing };
    const signal = AbortSignal.timeout(scene.limitMs ?? LINE_LIMIT_MS);
    const place = { ...backend, accessKeyId, secretAccessKey };
    const [probed, locks] = await Promise.all([
      probeS3(place, randomUUID(), signal).catch((error: unknown) => {
        const { cause } = error as { readonly cause?: { readonly code?: string } };
        throw new Error(
          `${backend.endpoint} does not answer${cause?.code ? ` (${cause.code})` : ""}`,
        );
      }),
      locksIn(scene),
    ]);
    return { backend, missing, probed, locks };
  },
  judge({ backend, missing, probed, locks }) {
    const init = "npm run state -- init";
    switch (backend.kind) {
      case "unset":
        return fix(
          "PULUMI_BACKEND_URL is not set: the CLI would keep the state with Pulumi Cloud.",
          init,
        );
      case "folder":
        return fix(
          "The state is in a folder of this machine: with its disk the stack is lost.",
          init,
        );
      case "spaces":
        return fix(
          "The state is on Spaces: a closed DigitalOcean account would take server and state along.",
          init,
        );
      case "other":
        return unknown(
          "PULUMI_BACKEND_URL names no bucket of an S3, and nothing else is tried here. `pulumi stack ls` reads it.",
        );
    }
    if (missing.length > 0)
      return fix(
        `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set: the key of the state's bucket.`,
        'docs/operate.md, "Before the first deploy", 1',
      );
    if (probed?.word === "refused")
      return fix(
        `The key can't ${probed.step} in the bucket ${backend.bucket}: S3 answered ${probed.status}${probed.code === undefined ? "" : ` ${probed.code}`}.`,
        CURES[probed.code ?? ""] ?? "npm run state -- init (it names the key to make)",
      );
    if (locks === undefined)
      return ok(
        "one object written, read, listed and deleted; whether copies are locked was not asked",
      );
    const [fault] = lockFaults(locks);
    return fault === undefined
      ? ok("one object written, read, listed and deleted; the history is locked")
      : fix(fault, init);
  },
};

/** Cures by S3's name of a refusal (developers.cloudflare.com/r2/api/error-codes). */
const CURES: Readonly<Record<string, string>> = {
  NoSuchBucket: "npm run state -- init",
  SignatureDoesNotMatch:
    "export AWS_SECRET_ACCESS_KEY=… (the secret of that key; region=auto in PULUMI_BACKEND_URL)",
};

/** Lock rules of a bucket on R2. Its S3 does not know them. */
async function locksIn({ bucket }: Scene): Promise<readonly LockedPart[] | undefined> {
  try {
    return await (await bucket()).locks?.();
  } catch {
    // Another S3, or a token without R2: the key itself was tried.
    return undefined;
  }
}

interface StackAnswer {
  readonly exists: boolean;
  readonly locks: readonly Lock[];
  readonly stack: string;
}

export const lock: Line<StackAnswer> = {
  number: 21,
  name: "lock",
  checks: "the stack exists, and nobody holds its lock",
  async ask(scene) {
    const { stack } = scene.place;
    const exists = (await scene.state()) !== undefined;
    return { stack, exists, locks: exists ? await locksOf(scene.pulumi, stack) : [] };
  },
  judge({ exists, locks, stack }) {
    if (!exists)
      return fix(`There is no stack ${stack} in the backend.`, `pulumi stack init ${stack}`);
    const [first] = locks;
    return first === undefined
      ? ok(`the stack ${stack} is there, and not locked`)
      : fix(
          `The stack is locked by ${holderOf(first)}. If that has ended, no update is at work, and the lock stays for good.`,
          `pulumi cancel --stack ${stack} (then npm run recover)`,
        );
  },
};
