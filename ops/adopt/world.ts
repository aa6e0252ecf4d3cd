import type { RecoverWorld } from "../recover/world.ts";
import type { OwnProgram } from "./own-program.ts";

/** Outside interfaces of the adoption. */
export type AdoptWorld = Pick<
  RecoverWorld,
  "say" | "confirm" | "now" | "pulumi" | "cwd" | "clouds"
> &
  OwnProgram;
