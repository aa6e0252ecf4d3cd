import { TEMPORARY_FOLDER_STEP } from "../../../domain/temporary-folder.ts";
import type { Plan } from "../../../plan/plan-stack.ts";
import { podsOf } from "../../stack/views.ts";
import { all, specOf, type Danger } from "./view.ts";

/** Start times of CronJobs, by name. */
function beginnings(plan: Plan): readonly (readonly [name: string, minutes: number])[] {
  return all(plan, "kubernetes:batch/v1:CronJob").map((job) => {
    const [minute = "", hour = ""] = specOf<{ schedule: string }>(job).schedule.split(" ");
    return [job.name, Number(hour) * 60 + Number(minute)];
  });
}

/** Dangers in nightly tasks. */
export const CLEAN_UPS = [
  {
    key: "clean-ups-meet",
    name: "every clean-up at the same hour, or the next one while the last one runs",
    faults: (plan) => {
      const times = beginnings(plan);
      return all(plan, "kubernetes:batch/v1:CronJob").flatMap((job) => {
        const { concurrencyPolicy, jobTemplate } = specOf<{
          concurrencyPolicy?: string;
          jobTemplate: { spec: { activeDeadlineSeconds?: number } };
        }>(job);
        const [, start = 0] = times.find(([name]) => name === job.name) ?? [];
        const deadline = (jobTemplate.spec.activeDeadlineSeconds ?? Infinity) / 60;
        const day = 24 * 60;
        const met = times.filter(
          ([name, other]) => name !== job.name && (other - start + day) % day < deadline,
        );
        return [
          ...(concurrencyPolicy === "Forbid" ? [] : [`${job.name} may run beside itself`]),
          ...met.map(([name]) => `${job.name} may still run when ${name} begins`),
        ];
      });
    },
  },
  {
    key: "misnamed-clean-up",
    name: "a clean-up that does something else than its name says",
    faults: (plan) => {
      const does: Readonly<Record<string, string>> = {
        "upkeep-media": "media remove",
        "upkeep-preview-cards": "preview_cards remove",
        "upkeep-profiles": "media remove --prune-profiles",
      };
      return podsOf(plan)
        .filter(({ kind }) => kind === "CronJob")
        .flatMap(({ name, containers }) => {
          const words = containers
            .filter((container) => container.name !== TEMPORARY_FOLDER_STEP)
            .flatMap(({ args = [] }) => args.slice(1));
          const command = words.filter((word) => !/^--(days|concurrency)=\d+$/u.test(word));
          return command.join(" ") === does[name] ? [] : [`${name} runs ${words.join(" ")}`];
        });
    },
  },
] as const satisfies readonly Danger[];
