import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { parse, stringify } from "yaml";
import type { RunPulumi } from "../../ops/secrets/pulumi.ts";

/** A stack file as the CLI reads it. */
type StackFile = Record<string, unknown> & {
  config?: Record<string, unknown>;
  encryptionsalt?: string;
  secretsprovider?: string;
};

/** Encryption settings to which the values of a file are bound. */
function lockOf({ secretsprovider, encryptionsalt }: StackFile): string | undefined {
  return secretsprovider ?? encryptionsalt;
}

/** Arguments and input of one run of the CLI. */
export interface Call {
  readonly args: readonly string[];
  readonly input: string;
}

/**
 * The two commands of Pulumi's CLI that the secrets need, with real files. A ciphertext is a random
 * name that only this object can resolve. It is bound to the file's salt, as with the passphrase
 * provider.
 */
export class FakePulumi {
  readonly calls: Call[] = [];
  /** Called before each run; may throw, or change the world. */
  before: (call: Call) => void = () => undefined;
  readonly #values = new Map<
    string,
    { readonly value: string; readonly salt: string | undefined }
  >();
  readonly #cwd: string;
  #salts = 0;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  readonly run: RunPulumi = async (args, input = "") => {
    const call = { args, input };
    this.calls.push(call);
    this.before(call);
    const option = (name: string): string | undefined =>
      args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
    const stack = option("--stack") ?? "";
    const file =
      option("--config-file") ?? join(this.#cwd, `Pulumi.${stack.split("/").at(-1)}.yaml`);
    const content = parse(readFileSync(file, "utf8")) as StackFile;
    if (args[1] === "set") {
      if (content.secretsprovider === undefined)
        content.encryptionsalt ??= `v1:salt-${++this.#salts}`;
      content.config = {
        ...content.config,
        [args[3] ?? ""]: { secure: this.encrypt(input, lockOf(content)) },
      };
      writeFileSync(file, stringify(content, { lineWidth: 0 }));
      return "";
    }
    return JSON.stringify(
      Object.fromEntries(
        Object.entries(content.config ?? {}).map(([key, value]) => [
          key,
          this.#shown(value, lockOf(content)),
        ]),
      ),
    );
  };

  /** Returns the ciphertext of a value. */
  encrypt(value: string, salt: string | undefined): string {
    const secure = `v1:${randomBytes(18).toString("hex")}`;
    this.#values.set(secure, { value, salt });
    return secure;
  }

  #shown(value: unknown, salt: string | undefined): unknown {
    if (typeof value !== "object" || value === null) return { value: String(value), secret: false };
    const { secure } = value as { readonly secure?: string };
    if (secure === undefined)
      return { value: JSON.stringify(value), objectValue: value, secret: false };
    const known = this.#values.get(secure);
    if (known === undefined || known.salt !== salt) throw new Error("incorrect passphrase");
    return { value: known.value, secret: true };
  }
}

/** An empty project with a stack file, deleted after the test. */
export function project(stackFile: string): {
  readonly cwd: string;
  /** An empty folder for scratch files. */
  readonly temporary: string;
  readonly file: string;
  readonly pulumi: FakePulumi;
  /** Current text of the stack file. */
  readonly text: () => string;
} {
  const cwd = mkdtempSync(join(tmpdir(), "mastodon-secrets-test-"));
  const temporary = mkdtempSync(join(tmpdir(), "mastodon-scratch-test-"));
  onTestFinished(async () => {
    for (const folder of [cwd, temporary]) await rm(folder, { recursive: true, force: true });
  });
  const file = join(cwd, "Pulumi.prod.yaml");
  writeFileSync(file, stackFile);
  return {
    cwd,
    temporary,
    file,
    pulumi: new FakePulumi(cwd),
    text: () => readFileSync(file, "utf8"),
  };
}
