import type { Decided } from "../changes.ts";
import { kubernetesToAskFor } from "./kubernetes.ts";
import { recordFaults, type StandingRecord, type WantedRecord } from "./records.ts";
import { judgedRegion, type RegionOffer } from "./region.ts";
import { judgedZone, type Zone } from "./zone.ts";
import type { StackConfig } from "../../config/schema.ts";
import { placeholderFaults } from "../shipped.ts";
import type { Answer, Judged, Verdict } from "./answer.ts";

/**
 * Comparison of the clouds' answers before the first resource with the changes that the program is
 * about to make. Pure: `stack/look.ts` asks the clouds.
 */

/** All that was asked. */
export interface Sight {
  readonly zone: Answer<Zone>;
  /** Records of the names that are about to be made, whoever made them. */
  readonly records: Answer<readonly StandingRecord[]>;
  readonly region: Answer<RegionOffer>;
  /** DOKS version slugs that new clusters can have. */
  readonly kubernetes: Answer<readonly string[]>;
}

/**
 * Judges the answers. A server that runs is never refused for what only a new one needs: on the
 * night on which it is built anew, an update that goes as far as it can is worth more than one that
 * is right.
 * @param running what the last update left; undefined for a stack whose first one has not come to
 * its end.
 * @param wanted the records that this configuration makes.
 */
export function judge(
  config: StackConfig,
  running: Partial<Decided> | undefined,
  wanted: readonly WantedRecord[],
  sight: Sight,
): Verdict {
  const runs = running !== undefined;
  const kubernetes = kubernetesToAskFor(config.cluster.version, sight.kubernetes, runs);
  const parts = [
    judgedExamples(config, running, sight.zone),
    judgedZone(config, sight.zone, runs),
    recordFaults(wanted, sight.records),
    judgedRegion(config, sight.region, runs),
    kubernetes,
  ];
  return {
    faults: parts.flatMap(({ faults }) => faults),
    warnings: parts.flatMap(({ warnings }) => warnings),
    kubernetesVersion: kubernetes.version,
  };
}

/**
 * Names of examples that are not the zone's own. A server that runs under one has it, whatever it
 * looks like.
 */
function judgedExamples(
  config: StackConfig,
  running: Partial<Decided> | undefined,
  zone: Answer<Zone>,
): Judged {
  const name = "known" in zone ? zone.known.name : undefined;
  const isItsOwn = running !== undefined && running.domain === config.domain;
  return { faults: isItsOwn ? [] : placeholderFaults(config, name), warnings: [] };
}
