import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";

/**
 * A Kubernetes object as the program asked for it. The provider drops fields that it doesn't know.
 */
export interface AskedObject {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Decrypted. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Remembers the objects of the last run of a program, by type and logical name. */
export class AskedObjects {
  readonly #objects = new Map<string, AskedObject>();

  /** The program, with its Kubernetes objects recorded. */
  remembered(program: PulumiFn): PulumiFn {
    return async () => {
      this.#objects.clear();
      pulumi.runtime.registerStackTransformation(({ type, name, props }) => {
        if (type.startsWith("kubernetes:"))
          pulumi.output(props as Record<string, unknown>).apply((inputs) => {
            this.#objects.set(`${type} ${name}`, { type, name, inputs });
          });
        return undefined;
      });
      return await program();
    };
  }

  /** The objects whose inputs were all known: in an update all of them. */
  all(): readonly AskedObject[] {
    return [...this.#objects.values()];
  }
}
