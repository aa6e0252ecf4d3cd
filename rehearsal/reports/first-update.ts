import { cloudflareRows } from "../clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../clouds/digitalocean/rows.ts";
import type { RealDuration } from "../../facts/durations.ts";
import type { Plan } from "../../plan/plan-stack.ts";
import { masked } from "../../plan/render.ts";
import type { Schedule } from "../../domain/schedule.ts";
import { firstTimelineOf, type CloudDurations } from "../timeline/update-timeline.ts";

/** Duration of creating each type, from the clouds' rows. */
const CREATE: ReadonlyMap<string, RealDuration> = new Map(
  [...digitaloceanRows.resources, ...cloudflareRows.resources].map(({ type, seconds }) => [
    type,
    seconds.create,
  ]),
);

/**
 * The first update of a plan with the real clouds' durations, computed as a rehearsal computes its
 * own. It uses the same rows, the same assumptions, and the program's dependencies.
 */
export function firstUpdateOf({ resources }: Plan): Schedule {
  const durations: CloudDurations = new Map(
    resources.flatMap(({ urn, type }) => {
      const duration = CREATE.get(type);
      return duration === undefined ? [] : [[urn, duration] as const];
    }),
  );
  return firstTimelineOf(
    resources.map(({ urn, type, custom, inputs, parent, provider, dependencies }) => ({
      urn,
      type,
      custom,
      parent,
      dependencies,
      ...(provider === "" ? {} : { provider }),
      inputs: masked(inputs) as Readonly<Record<string, unknown>>,
    })),
    durations,
  );
}
