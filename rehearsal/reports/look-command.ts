import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { stackText } from "../../plan/stack-file.ts";
import { lookPage } from "./look-page.ts";

const OUT = fileURLToPath(new URL("../out/look/", import.meta.url));

interface Words {
  readonly stack: string;
  readonly file?: string;
  readonly out?: string;
  readonly open?: true;
}

/** The command. It prints the path of the page. */
export function lookCommand(): Command {
  return new Command("npm run look --")
    .description(
      "Writes a page about a stack: who talks to whom, how the first update goes, how full everything is, what it costs.",
    )
    .option("--stack <name>", "the stack", "prod")
    .option("--file <path>", "a stack file anywhere, instead of a stack's own")
    .option("--out <path>", "where the page goes; else below rehearsal/out/look")
    .option("--open", "open it in the browser; under CI it is only written")
    .action(async ({ stack, file, out, open }: Words) => {
      const name = file === undefined ? `Pulumi.${stack}.yaml` : basename(file);
      const text = file === undefined ? stackText(stack) : stackTextOf(await textOf(file), name);
      const page = await lookPage(name, text, new Date());
      const to =
        out === undefined ? join(OUT, `${name.replace(/\.ya?ml$/u, "")}.html`) : resolve(out);
      await write(to, page);
      console.log(to);
      if (open === true && process.env["CI"] === undefined) await openInBrowser(to);
    });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      `There is no file ${file}. Set --file to a stack file, as Pulumi.prod.yaml is.`,
    );
  }
}

/**
 * @throws Error with a message if the folder belongs to another user, as after a rehearsal by root.
 */
async function write(to: string, page: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, page);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `The page can't be written to ${to} (${code ?? message}). Name a place that is yours: npm run look -- --out look.html`,
    );
  }
}

/** Uses the desktop's own command. Without one, the path was printed. */
async function openInBrowser(file: string): Promise<void> {
  const [program, ...args] =
    process.platform === "darwin"
      ? (["open"] as const)
      : process.platform === "win32"
        ? (["cmd", "/c", "start", ""] as const)
        : (["xdg-open"] as const);
  const child = spawn(program, [...args, file], { detached: true, stdio: "ignore" });
  await new Promise<void>((resolve) => {
    child.once("spawn", resolve).once("error", () => {
      console.error(`No browser could be opened by ${program}; the page is there.`);
      resolve();
    });
  });
  child.unref();
}
