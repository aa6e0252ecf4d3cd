import type { Properties } from "../../../providers/provider.ts";
import type { RestRequest } from "../router.ts";
import { refused } from "./answers.ts";

/** A script with its metadata. */
export interface Upload {
  readonly content: string;
  readonly metadata: Properties;
}

/**
 * Parts of an upload: `metadata`, and the module that it names, by the part's name or its file's
 * (developers.cloudflare.com/workers/configuration/multipart-upload-metadata, read 2026-11-28).
 */
export async function uploadOf(request: RestRequest): Promise<Upload> {
  const { sent, headers } = request;
  const type = String(headers["content-type"] ?? "");
  if (!type.startsWith("multipart/form-data"))
    throw new Error(
      "The rehearsal takes a Worker as a form with its metadata, and in no other way.",
    );
  const form = await new Response(sent, { headers: { "content-type": type } }).formData();
  const metadata = await metadataOf(form);
  const name = metadata["main_module"];
  for (const [part, value] of form)
    if (part === name || (typeof value !== "string" && value.name === name))
      return { content: await textOf(value), metadata };
  throw refused(request, 400, 10_021, `No such module "${String(name)}".`);
}

const textOf = async (value: string | Blob): Promise<string> =>
  typeof value === "string" ? value : await value.text();

/**
 * One part of JSON, as from most clients; or a part for each value, as from npm `cloudflare`
 * (`internal/uploads.js`).
 */
async function metadataOf(form: FormData): Promise<Properties> {
  const whole = form.get("metadata");
  if (whole !== null) return JSON.parse(await textOf(whole)) as Properties;
  const metadata: Record<string, unknown> = {};
  for (const [part, value] of form) {
    const keys = [...part.matchAll(/\[(.*?)\]/gu)].map(([, key]) => key ?? "");
    if (part.startsWith("metadata[")) putAt(metadata, keys, await textOf(value));
  }
  return metadata;
}

/**
 * Sets a value at a path of keys. An empty key is the last item of a list, or a new one if that
 * item already has the next key.
 */
function putAt(target: Record<string, unknown>, keys: readonly string[], value: string): void {
  const [key = "", next, ...rest] = keys;
  if (next === undefined) target[key] = value;
  else if (next === "") {
    const list = (target[key] ??= []) as Record<string, unknown>[];
    const [member] = rest;
    if (member === undefined) (list as unknown[]).push(value);
    else {
      const last = list.at(-1);
      if (last === undefined || member in last) list.push({});
      putAt(list.at(-1) ?? {}, rest, value);
    }
  } else putAt((target[key] ??= {}) as Record<string, unknown>, [next, ...rest], value);
}
