import type { Clouds } from "../recover/clouds.ts";
import type { OpenCluster } from "./in-cluster.ts";
import type { StackPlan } from "./planned.ts";

/** The program's own plan, and its cluster's API. */
export interface OwnProgram {
  /** The program's own plan of a stack. */
  readonly plan: (stack: string, cwd: string) => Promise<StackPlan>;
  /** Opens a cluster of DigitalOcean's. */
  readonly cluster: (clouds: Clouds, id: string) => Promise<OpenCluster>;
}
