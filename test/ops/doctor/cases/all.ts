import type { DoctorCase } from "../stage.ts";
import { accountCases } from "./account.ts";
import { programCases } from "./programs.ts";

/** Every way in which a line of `npm run doctor` is made to fail. */
export const CASES: readonly DoctorCase[] = [...programCases, ...accountCases];
