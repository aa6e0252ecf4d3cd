import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { PROFILES } from "../../config/profiles.ts";
import { curesText, type Cure, type Fault } from "../../domain/fault.ts";

/**
 * The fault of a stack file that raises `web.replicas` to its profile's maximum, without setting a
 * new maximum. There would silently be no autoscaler any more, and the next boosted post would find
 * no reserve. It checks the written keys, because the merged ones look the same as an intended
 * setting. Neither remedy needs more than the written values.
 */
export function lostAutoscaler(raw: Readonly<Record<string, unknown>>): readonly Fault[] {
  const profile = PROFILE_NAMES.find((name) => name === raw["profile"]);
  const { replicas, maxReplicas } = (raw["web"] ?? {}) as Readonly<Record<string, unknown>>;
  if (profile === undefined || typeof replicas !== "number" || maxReplicas !== undefined) return [];
  const { replicas: floor, maxReplicas: ceiling = floor } = PROFILES[profile].sizes.web;
  if (ceiling <= floor || replicas < ceiling) return [];
  const key = "web.replicas";
  const cures: readonly Cure[] = [
    {
      set: { [key]: floor, "web.maxReplicas": replicas },
      note: `web grows to ${replicas} by itself when it is busy`,
    },
    { set: { "web.maxReplicas": replicas }, note: `always ${replicas}, busy or not` },
  ];
  return [
    {
      code: "autoscaler-lost",
      key,
      message: `mastodon:${key} is ${replicas}, and mastodon:web.maxReplicas is not said: "${profile}" lets web grow by itself from ${floor} to ${ceiling} pods, and with ${replicas} that always run it would never grow again. ${curesText(cures)}`,
      cures,
    },
  ];
}
