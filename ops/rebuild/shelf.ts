import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StackPlace } from "../stack-file/place.ts";
import type { RebuildWorld } from "./world.ts";

/** Folder of a project, ignored by git, with the command's own files. */
const FOLDER = ".rebuild";

/** Most files that are read from a bucket, newest first. */
const MOST = 8;

/**
 * Small files of this command, each in a local folder and beside the state. A new machine finds
 * them in the bucket, and a bucket that does not answer stops no night.
 */
export class Shelf {
  readonly #place: StackPlace;
  readonly #world: Pick<RebuildWorld, "bucket" | "say">;
  #isSaid = false;

  constructor(place: StackPlace, world: Pick<RebuildWorld, "bucket" | "say">) {
    this.#place = place;
    this.#world = world;
  }

  /** Writes a file into both places. */
  async write(name: string, value: unknown): Promise<void> {
    const text = `${JSON.stringify(value, undefined, 2)}\n`;
    const folder = join(this.#place.cwd, FOLDER, this.#place.stack);
    await mkdir(folder, { recursive: true });
    // A killed command must not leave half a file.
    await writeFile(join(folder, `.${name}`), text);
    await rename(join(folder, `.${name}`), join(folder, name));
    try {
      await (await this.#world.bucket()).write(`${this.#prefix}${name}`, text);
    } catch {
      if (!this.#isSaid)
        this.#world.say(
          `${name} is in ${FOLDER}/ alone: the place of the state can't be written. Another machine can't continue this night.`,
        );
      this.#isSaid = true;
    }
  }

  /** Files with a name, of both places. A damaged one counts as missing. */
  async read(name: RegExp): Promise<readonly unknown[]> {
    return [...(await this.#local(name)), ...(await this.#beside(name))].flatMap(valueIn);
  }

  get #prefix(): string {
    return `rebuild/${this.#place.stack}/`;
  }

  async #local(name: RegExp): Promise<readonly string[]> {
    const folder = join(this.#place.cwd, FOLDER, this.#place.stack);
    const names = await readdir(folder).catch(() => []);
    return await Promise.all(
      names.filter((each) => name.test(each)).map((each) => readFile(join(folder, each), "utf8")),
    );
  }

  async #beside(name: RegExp): Promise<readonly string[]> {
    try {
      const bucket = await this.#world.bucket();
      const kept = (await bucket.list(this.#prefix))
        .filter(({ key }) => name.test(key.slice(this.#prefix.length)))
        .toSorted((one, other) => Number(other.modified) - Number(one.modified));
      return await Promise.all(kept.slice(0, MOST).map(({ key }) => bucket.read(key)));
    } catch {
      return [];
    }
  }
}

function valueIn(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
