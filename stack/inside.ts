import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../k8s/environment/environment.ts";

/** Options of every component in the cluster. */
export type InsideOptions = Pick<pulumi.ComponentResourceOptions, "providers" | "deletedWith">;

/** Arguments that everything in the namespace shares. */
export interface Inside {
  readonly namespace: pulumi.Output<string>;
  readonly environment: Environment;
  readonly inside: InsideOptions;
  /** Policies and limits: one that came later would let the first pods past it. */
  readonly guards: readonly pulumi.Resource[];
  /** Epoch of the database's data: another one runs every step of a release again. */
  readonly epoch: number | undefined;
}
