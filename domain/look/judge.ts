import type { Decided } from "../decided.ts";
import { kubernetesToAskFor } from "./kubernetes.ts";
import { recordFaults, type StandingRecord, type WantedRecord } from "./records.ts";
import { judgedRegion, type RegionOffer } from "./region.ts";
import { judgedZone, type Zone } from "./zone.ts";
import type { StackConfig } from "../../config/schema.ts";
import { placeholderFaults } from "../shipped.ts";
import type { Answer, Judged, Verdict } from "./answer.ts";

/**
 * Compares the clouds' answers before the first resource with the changes that the program would
 * make. `stack/look.ts` sends the requests.
 */

/** All answers. */
export interface Sight {
  readonly zone: Answer<Zone>;
  /** Existing records with the names that would be created. */
  readonly records: Answer<readonly StandingRecord[]>;
  readonly region: Answer<RegionOffer>;
  /** DOKS version slugs for new clusters. */
  readonly kubernetes: Answer<readonly string[]>;
}

/**
 * Judges the answers. A running server is never refused for a requirement of a new one. In a
 * disaster, an update that goes as far as possible is worth more than one that meets every
 * requirement.
 * @param running outputs of the last update; undefined if the stack's first one is not complete.
 * @param wanted the records that this configuration creates.
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

/** Names of examples that are not the zone's own. A running server with such a name owns it. */
function judgedExamples(
  config: StackConfig,
  running: Partial<Decided> | undefined,
  zone: Answer<Zone>,
): Judged {
  const name = "known" in zone ? zone.known.name : undefined;
  const isItsOwn = running !== undefined && running.domain === config.domain;
  return { faults: isItsOwn ? [] : placeholderFaults(config, name), warnings: [] };
}
