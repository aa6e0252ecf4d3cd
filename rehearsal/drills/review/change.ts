import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { Document } from "yaml";
import type { Images } from "../../../config/images.ts";
import type { Rehearsal } from "../../rehearsal.ts";

/** A pull request in the making. */
export interface Proposal {
  readonly rehearsal: Rehearsal;
  /** Images that are deployed. */
  readonly images: Images;
  /** Edits the stack file as a person does; its secrets stay encrypted. */
  edit(edit: (file: Document) => void): Promise<void>;
  /** Proposes other images, as a change of `config/images.ts` does. */
  deploy(images: Images): void;
  /** Proposes another program. */
  run(program: PulumiFn): void;
}

/** A proposed change of the table. */
export interface Change {
  /** Name in the result, and of the folder of its reports. */
  readonly name: string;
  /** Makes the proposal. If unset, there is nothing to edit. */
  readonly propose?: (proposal: Proposal) => void | Promise<void>;
  /**
   * Whether the clouds or the cluster were changed without the stack. Its update then reads them
   * first, as every deploy does; without that, a refresh finds what the last update left.
   */
  readonly accident?: true;
  /**
   * Ending of the preview. `killed`: its engine is killed at the first step. `no secrets`: without
   * the passphrase, as for a pull request from a fork. Default: to its end.
   */
  readonly preview?: "killed" | "no secrets";
  /** Words of the comment, beside those that every comment needs. */
  readonly says?: readonly RegExp[];
}

/** A change that sets keys of the stack file: `web.replicas` to a value; undefined deletes one. */
export function setting(values: Readonly<Record<string, unknown>>): NonNullable<Change["propose"]> {
  return async (proposal) => {
    await proposal.edit((file) => {
      for (const [path, value] of Object.entries(values)) {
        const [key = "", ...rest] = path.split(".");
        const at = ["config", `mastodon:${key}`, ...rest];
        if (value === undefined) file.deleteIn(at);
        else file.setIn(at, file.createNode(value));
      }
    });
  };
}
