import type { Images } from "../../config/images.ts";
import type { Clouds, Json } from "../recover/clouds.ts";
import type { AskInside } from "../pods/inside.ts";
import type { Outside } from "../rebuild/world.ts";
import type { RunPulumi } from "../secrets/pulumi.ts";
import type { StateBucket } from "../state/bucket.ts";

/** Variables of a shell. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs a program and returns its standard output, without the last line break. It rejects with
 * {@link NoProgram} if there is none of that name.
 */
export type RunProgram = (
  program: string,
  args: readonly string[],
  environment?: Environment,
  cwd?: string,
) => Promise<string>;

/** A program that is not on the PATH. */
export class NoProgram extends Error {
  /** @param program its name. */
  constructor(program: string) {
    super(`there is no \`${program}\` on the PATH`);
  }
}

/** Outside interfaces of `npm run doctor`. A test replaces them. */
export interface DoctorWorld {
  readonly say: (text: string) => void;
  readonly now: () => Date;
  readonly cwd: string;
  readonly environment: Environment;
  readonly run: RunProgram;
  /** Pulumi's CLI in a folder. */
  readonly pulumi: (cwd: string) => RunPulumi;
  /** DigitalOcean's official client, below `/v2`, with this token. */
  readonly digitalocean: (token: string) => Promise<Json>;
  /** Cloudflare's official client with this token. */
  readonly cloudflare: (token: string) => Promise<Clouds["cloudflare"]>;
  /** The backend of the states. */
  readonly bucket: () => Promise<StateBucket>;
  readonly outside: Outside;
  /** Runs a short program in a pod of the server. */
  readonly inside: AskInside;
  /** Images of the release: `config/images.ts`. */
  readonly images: Images;
  /** Milliseconds after which a line's answer counts as unknown. Default: 8 s. */
  readonly limitMs?: number;
}
