import * as pulumi from "@pulumi/pulumi";
import { askRecords, askZone } from "../cdn/ask.ts";
import { wantedRecordsOf } from "../cdn/records.ts";
import type { Decided } from "../domain/decided.ts";
import { judge } from "../domain/look/judge.ts";
import type { Answer, Verdict } from "../domain/look/answer.ts";
import type { StackConfig } from "../config/schema.ts";
import { askKubernetes, askRegion } from "../infra/ask.ts";

/** Answers of the clouds that the program uses. */
export type Seen = Pick<Verdict, "kubernetesVersion">;

/**
 * Reads both clouds before the first resource: the zone, its existing records, and the offer. It
 * uses functions of the providers. So a preview refuses what an update would fail on half an hour
 * later, with the databases already paid for. The state contains none of it.
 * @param running outputs of the last update of this stack.
 * @throws RunError naming every difference between the clouds and the changes that the program
 * would make.
 */
export async function lookAround(
  config: StackConfig,
  running: Partial<Decided> | undefined,
): Promise<Seen> {
  const { region, cloudflare } = config;
  const wanted = wantedRecordsOf(config, running?.publicHosts);
  const names = wanted.map(({ name }) => name);
  const [zone, records, regionOffer, kubernetes] = await Promise.all([
    answer(askZone(cloudflare.zoneId)),
    answer(askRecords(cloudflare.zoneId, names)),
    answer(askRegion(region)),
    answer(askKubernetes()),
  ]);
  const { faults, warnings, kubernetesVersion } = judge(config, running, wanted, {
    zone,
    records,
    region: regionOffer,
    kubernetes,
  });
  if (faults.length > 0)
    throw new pulumi.RunError(
      `The clouds are not as this configuration takes them to be; nothing was changed:\n${faults.map((each) => `  ${each}`).join("\n")}`,
    );
  for (const warning of warnings) void pulumi.log.warn(warning);
  return { kubernetesVersion };
}

/** The reason of a missing answer is the provider's own message: one line of it. */
async function answer<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { known: await asked };
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { unknown: line };
  }
}
