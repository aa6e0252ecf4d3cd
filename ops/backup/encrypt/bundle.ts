import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const ROOT = new URL("../../../", import.meta.url);

const MODULES = new URL("node_modules/", ROOT);

/** Packages in the bundle. Each license asks that its text goes along. */
const PACKAGES = [
  "age-encryption",
  "@noble/ciphers",
  "@noble/curves",
  "@noble/hashes",
  "@noble/post-quantum",
  "@scure/base",
] as const;

/**
 * The file `k8s/backup/encrypt-program.json`: the program of the container `encrypt` with all that
 * it imports, in one text. The streaming image has Node and none of these packages, and a pod that
 * installed them would run what a registry has on that night.
 */
export async function encryptProgram(): Promise<string> {
  return await bundledProgram("ops/backup/encrypt/program.ts", PACKAGES);
}

/**
 * A program of a pod with all that it imports, in one text, and the licenses of that, as JSON.
 * @param path of its file in the project.
 */
export async function bundledProgram(path: string, packages: readonly string[]): Promise<string> {
  const input = fileURLToPath(new URL(path, ROOT));
  const bundle = await rolldown({ input, platform: "node" });
  try {
    const { output } = await bundle.generate({ format: "esm", minify: true });
    if (output.length !== 1)
      throw new Error(`The program of the pod became ${output.length} files; it must be one.`);
    const licenses = await Promise.all(
      packages.map(async (name) => [
        name,
        await readFile(new URL(`${name}/LICENSE`, MODULES), "utf8"),
      ]),
    );
    return JSON.stringify({
      note: `Made by npm run docs from ${path}.`,
      licenses: Object.fromEntries(licenses) as unknown,
      source: printable(output[0].code),
    });
  } finally {
    await bundle.close();
  }
}

/**
 * Replaces control characters in texts of a program by their escapes. The minifier writes them
 * unchanged, and the API server takes none in an object. Seen with a DEL: "control characters are
 * not allowed".
 */
function printable(code: string): string {
  return code.replaceAll(
    /[\u007f-\u009f]/gu,
    (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
