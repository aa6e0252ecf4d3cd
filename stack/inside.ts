import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../k8s/environment/environment.ts";

/** Options of every component in the cluster. */
export type InsideOptions = Pick<pulumi.ComponentResourceOptions, "providers" | "deletedWith">;

/** Arguments that all components in the namespace share. */
export interface Inside {
  readonly namespace: pulumi.Output<string>;
  readonly environment: Environment;
  readonly inside: InsideOptions;
  /** Policies and limits. If they came later, the first pods would run without them. */
  readonly guards: readonly pulumi.Resource[];
  /** Epoch of the database's data: a new one runs every step of a release again. */
  readonly epoch: number | undefined;
}
