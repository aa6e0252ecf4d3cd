import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const PROGRAM = fileURLToPath(new URL("program.ts", import.meta.url));

const MODULES = new URL("../../../node_modules/", import.meta.url);

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
  const bundle = await rolldown({ input: PROGRAM, platform: "node" });
  try {
    const { output } = await bundle.generate({ format: "esm", minify: true });
    if (output.length !== 1)
      throw new Error(`The program of the pod became ${output.length} files; it must be one.`);
    const licenses = await Promise.all(
      PACKAGES.map(async (name) => [
        name,
        await readFile(new URL(`${name}/LICENSE`, MODULES), "utf8"),
      ]),
    );
    return JSON.stringify({
      note: "Made by npm run docs from ops/backup/encrypt/program.ts.",
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
