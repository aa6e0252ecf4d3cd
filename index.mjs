import { readFileSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";

/**
 * The program's entry (`main` of package.json). It is JavaScript, which every Node reads. An older
 * Node can't load the program itself, and would end with `Unknown file extension ".ts"` and a stack
 * trace. It is the only export, because the SDK refuses an entry with both kinds.
 */
export default async function program() {
  refuseOlderNode();
  const { default: run } = await import("./index.ts");
  return await run();
}

/**
 * Node itself reports whether it reads TypeScript: by default from 22.18 on, and from 23.6 on
 * (https://nodejs.org/api/typescript.html#type-stripping). Only `engines.node` of package.json
 * names the minimum version.
 */
function refuseOlderNode() {
  if (process.features.typescript) return;
  const file = new URL("package.json", import.meta.url);
  const { engines } = JSON.parse(readFileSync(file, "utf8"));
  const least = engines.node.replace(">=", "");
  const refusal = new RunError(
    `The \`node\` on the PATH is ${process.versions.node} (${process.execPath}), which can't read this program; nothing was changed. Install Node ${least} or later (https://nodejs.org/), or run \`npm run preview\` and \`npm run up\`, which bring their own.`,
  );
  // Node 20.20.2 hangs when it prints a stack with a scoped package in it (its `util.inspect`,
  // `markNodeModules`). The SDK passes each stack to its tracing.
  refusal.stack = undefined;
  throw refusal;
}
