import { expect, test } from "vitest";
import { SECRETS } from "../../config/secret-keys/all.ts";
import type { SecretReader, SecretRow } from "../../config/secret-keys/row.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { EVERY_OPTION, OTHER_TRANSLATION, withRestore } from "../config/every-option.ts";
import { environmentOf, podsOf, textsOf } from "./views.ts";

const raw = readStackFile();
const plan = await planStack({
  ...raw,
  ...EVERY_OPTION,
  alerts: { ...(raw["alerts"] as object | undefined), slackChannel: "#server" },
});
/** Only one translation service can be configured. */
const other = await planStack({ ...raw, translation: OTHER_TRANSLATION });

const restored = await planStack(withRestore(raw), { exists: true });

/** The process of the table that a pod belongs to; its own name if there is none. */
function processOf(pod: string): SecretReader | string {
  if (pod === "web") return "web";
  if (pod.startsWith("sidekiq-")) return "sidekiq";
  if (/^(preflight|migrate-|upkeep-|search-)/u.test(pod)) return "jobs";
  return pod;
}

/** Whether a value contains the placeholder of one secret, and not of one with a longer name. */
function holds(value: unknown, key: string): boolean {
  const mark = new RegExp(`${SECRET_MARK}${key}(?![\\w-])`, "u");
  return [...textsOf([value], { secrets: true })].some(({ text }) => mark.test(text));
}

test.each(SECRETS.map((row: SecretRow) => [row.key, row] as const))(
  "%s is read by those whom the table names, under the name that it names, and by nobody else",
  (key, row) => {
    const readers = new Set<string>();
    const variables = new Set<string>();
    const looked = key === "libreTranslateApiKey" ? other : key === "dumpFileKey" ? restored : plan;
    for (const { name, containers } of podsOf(looked))
      for (const container of containers)
        for (const [variable, value] of environmentOf(looked, container))
          if (holds(value, key)) {
            readers.add(processOf(name));
            variables.add(variable);
          }
    for (const { type, inputs } of looked.resources)
      if (holds(inputs, key)) {
        if (type.startsWith("cloudflare:")) readers.add("Cloudflare");
        if (type.startsWith("digitalocean:")) readers.add("DigitalOcean");
      }
    expect([...readers].sort()).toEqual([...row.readers].sort());
    expect([...variables]).toEqual(row.env === undefined ? [] : [row.env]);
  },
);
