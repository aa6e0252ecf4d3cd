import { MOMENTS, writeMoment } from "./write-moment.ts";

/**
 * `node ops/ci/write-comment.ts MOMENT STACK`: runs in the jobs that may write to pull requests. A
 * job runs main's or the base branch's code, holds no secret, and installs no package.
 */

const [, , given, stack = ""] = process.argv;
const moment = MOMENTS.find((each) => each === given);
if (moment === undefined || !/^[\w.-]+$/u.test(stack)) {
  console.error(`Usage: node ops/ci/write-comment.ts ${MOMENTS.join("|")} STACK`);
  process.exit(2);
}
console.log(await writeMoment(moment, stack, process.env));
