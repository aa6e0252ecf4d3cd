import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Cloudflare from "cloudflare";
import { valuesOf } from "../../input/stack-text.ts";
import { stackTextOf } from "../stack-file/texts.ts";
import { folder, r2AddressOf, r2Bucket } from "./bucket.ts";
import type { StateWorld } from "./command.ts";

/**
 * The backend of the states, from a shell's variables: `PULUMI_BACKEND_URL`, and
 * `CLOUDFLARE_API_TOKEN` with the permission `Workers R2 Storage`.
 */
export function placeWorld(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<StateWorld, "account" | "bucket" | "cloudflare" | "url"> {
  const url = environment["PULUMI_BACKEND_URL"];
  const cloudflare = async (): Promise<Cloudflare> => {
    const apiToken = environment["CLOUDFLARE_API_TOKEN"];
    if (apiToken === undefined || apiToken === "")
      throw new Error(
        "CLOUDFLARE_API_TOKEN is not set, so R2 can't be asked. Nothing was changed. Export one that may do Workers R2 Storage Write in this account.",
      );
    return await Promise.resolve(new Cloudflare({ apiToken, logLevel: "off" }));
  };
  return {
    url,
    cloudflare,
    async bucket() {
      if (url === undefined || url === "")
        throw new Error(
          'PULUMI_BACKEND_URL is not set, so it is not known where the state is. Nothing was changed. Export it: docs/operate.md, "Before the first deploy".',
        );
      if (url.startsWith("file://")) return folder(url);
      const address = r2AddressOf(url);
      if (address !== undefined) return r2Bucket(await cloudflare(), address);
      throw new Error(
        `PULUMI_BACKEND_URL names no bucket of R2 and no folder, and nothing else is read here. Nothing was changed. Get a copy out of its history by hand, then \`pulumi stack import --file COPY\`.`,
      );
    },
    async account(stack, cwd) {
      const name = `Pulumi.${stack}.yaml`;
      const text = await readFile(join(cwd, name), "utf8").catch(() => undefined);
      if (text === undefined) return undefined;
      const { cloudflare: given } = valuesOf(stackTextOf(text, name).texts);
      return (given as { readonly accountId?: string } | undefined)?.accountId;
    },
  };
}
