import type { DoctorCase } from "../stage.ts";
import { accountCases } from "./account.ts";
import { afterUpCases } from "./after-up.ts";
import { cloudflareCases } from "./cloudflare.ts";
import { digitaloceanCases } from "./digitalocean.ts";
import { mailCases } from "./mail.ts";
import { programCases } from "./programs.ts";
import { projectCases } from "./project.ts";
import { stateCases } from "./state.ts";

/** Every way in which a line of `npm run doctor` is made to fail. */
export const CASES: readonly DoctorCase[] = [
  ...programCases,
  ...accountCases,
  ...digitaloceanCases,
  ...cloudflareCases,
  ...stateCases,
  ...projectCases,
  ...afterUpCases,
  ...mailCases,
];
