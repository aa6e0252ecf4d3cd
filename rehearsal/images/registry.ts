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
   * A registry that has each image under its full name, "localhost:5000". It replaces the
   * registries in the names. Undefined: those in the names.
   */
  readonly registry?: string | undefined;
  /** Whether the registry's tag is used even if the name has another digest. Default: no. */
  readonly byTag?: boolean;
}

/**
 * go-containerregistry: pulls images, checks their digests, and signs in if a registry requires it.
 */
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

/** Timeout for a registry's first answer, milliseconds. */
const ANSWER_MS = 5_000;
/** Servers of registries whose name is not their host, as Docker's. */
const SERVERS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** Reference with which an image is requested. */
export function sourceOf(reference: string, { registry, byTag }: RegistryOptions): string {
  const { repository, tag = "latest", digest } = partsOfReference(reference);
  const place = registry === undefined ? repository : `${registry}/${repository}`;
  return digest === undefined || byTag === true ? `${place}:${tag}` : `${place}@${digest}`;
}

/**
 * Checks that every registry answers, before anything is built.
 * @throws Error with a remedy, if one does not.
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
        // 200, or 401 without a login: both mean that a registry answers.
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

/** As in crane: only loopback registries are used without TLS. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+)(?::\d+)?$/u.test(host);
}

/** Crane, built or from the cache. */
export async function findCrane(progress: Progress): Promise<Crane> {
  return new Crane((await buildGoProgram(craneRecipe(), progress)).path);
}

/** Client for registries. */
export class Crane {
  readonly program: string;

  constructor(program: string) {
    this.program = program;
  }

  /** Digest of a name in its registry for this machine's architecture. */
  async digest(source: string): Promise<string> {
    return (await this.#run(source, ["digest", source])).trim();
  }

  /** Writes an image as a layout into a folder; creates the parent folder. */
  async pull(source: string, folder: string): Promise<void> {
    await this.#run(source, ["pull", "--format=oci", source, folder]);
  }

  /** Pushes a layout of one image to a registry. */
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
