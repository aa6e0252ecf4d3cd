import type { RecoverWorld } from "../recover/world.ts";
import type { OwnProgram } from "./own-program.ts";

/** Parts of the outside world that adopting touches. */
export type AdoptWorld = Pick<
  RecoverWorld,
  "say" | "confirm" | "now" | "pulumi" | "cwd" | "clouds"
> &
  OwnProgram;
