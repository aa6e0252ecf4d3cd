import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildGoProgram } from "../build/go-program.ts";
import type { GoRecipe } from "../build/recipe.ts";
import type { Progress } from "../progress.ts";
import { partsOfReference } from "./oci.ts";

/** Access to images that others built. */
export interface RegistryOptions {
  /**
   * A registry that has each image under its full name, "localhost:5000": it is asked in the place
   * of those that the names say. Undefined: those.
   */
  readonly registry?: string | undefined;
  /** Whether what a registry has under a tag is taken, whatever digest the name has. Default no. */
  readonly byTag?: boolean;
}

/** Pulls images, checks their digests, signs in where a registry wants it: go-containerregistry. */
export function craneRecipe(): GoRecipe & { readonly module: string } {
  const module = "github.com/google/go-containerregistry";
  return {
    name: "crane",
    directory: join(import.meta.dirname, "crane"),
    package: `${module}/cmd/crane`,
    ldflags: ["-s", "-w"],
    module,
  };
}

/** A registry that answers within this is there, milliseconds. */
const ANSWER_MS = 5_000;
/** Docker's name for its registry is not that of its server. */
const SERVERS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** The name by which an image is asked for. */
export function sourceOf(reference: string, { registry, byTag }: RegistryOptions): string {
  const { repository, tag = "latest", digest } = partsOfReference(reference);
  const place = registry === undefined ? repository : `${registry}/${repository}`;
  return digest === undefined || byTag === true ? `${place}:${tag}` : `${place}@${digest}`;
}

/**
 * Asks every registry whether it is there, before anything is built.
 * @throws Error with what to do, where one is not.
 */
export async function mustReach(
  references: readonly string[],
  options: RegistryOptions,
): Promise<void> {
  const hosts = new Set(references.map((each) => sourceOf(each, options).split("/")[0] ?? ""));
  const complaints = await Promise.all(
    [...hosts].map(async (host) => {
      const scheme = isLoopback(host) ? "http" : "https";
      try {
        // 200, or 401 for who has not signed in: both say that a registry is there.
        await fetch(`${scheme}://${SERVERS[host] ?? host}/v2/`, {
          signal: AbortSignal.timeout(ANSWER_MS),
        });
        return undefined;
      } catch (error) {
        const { cause, message } = error as Error & { cause?: { code?: string } };
        return `${host} (${cause?.code ?? message})`;
      }
    }),
  );
  const away = complaints.filter((one) => one !== undefined);
  if (away.length > 0)
    throw new Error(
      `--images real pulls the images that config/images.ts pins, and no answer came from ${away.join(", ")}. Run it where these can be reached, name a registry that mirrors them with --registry HOST:PORT, or leave --images real out: then the images are made here.`,
    );
}

/** As crane has it: only there is a registry spoken to without TLS. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+)(?::\d+)?$/u.test(host);
}

/** Crane, built or from the cache. */
export async function findCrane(progress: Progress): Promise<Crane> {
  return new Crane((await buildGoProgram(craneRecipe(), progress)).path);
}

/** Speaks to registries. */
export class Crane {
  readonly program: string;

  constructor(program: string) {
    this.program = program;
  }

  /** Digest of what a registry has under a name for this machine's processors. */
  async digest(source: string): Promise<string> {
    return (await this.#run(source, ["digest", source])).trim();
  }

  /** Writes an image as a layout into a folder, its parent made. */
  async pull(source: string, folder: string): Promise<void> {
    await this.#run(source, ["pull", "--format=oci", source, folder]);
  }

  /** Puts a layout of one image into a registry. */
  async push(folder: string, name: string): Promise<void> {
    await this.#run(name, ["push", folder, name]);
  }

  async #run(image: string, args: readonly string[]): Promise<string> {
    const platform = `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`;
    const command = [...args, `--platform=${platform}`];
    try {
      return (await promisify(execFile)(this.program, command)).stdout;
    } catch (error) {
      const { stderr = "" } = error as { stderr?: string };
      throw new Error(
        `A registry does not give ${image}: ${stderr.trim().split("\n").at(-1)}. Its tag or digest in config/images.ts may be gone, or the registry lets nobody in without \`docker login\`.`,
        { cause: error },
      );
    }
  }
}
