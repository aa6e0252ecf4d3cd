// Adds up the fast tests and the rehearsals: node sum.mjs FAILED_STEPS DRILL…
// Prints `tests: N passed, M failed` as the last line; exits with 1 where anything failed or nothing ran.
import { existsSync, readFileSync } from "node:fs";

const [, , steps, ...drills] = process.argv;
const failedSteps = Number(steps);
let passed = 0;
let failed = 0;

/** A step that wrote no result failed before its first test: that counts as one failure. */
const read = (file) => {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  console.log(`${file} is missing: its step stopped before it could write a result.`);
  failed += 1;
  return undefined;
};

const tests = read("test/out/results.json");
if (tests !== undefined) {
  passed += tests.numPassedTests;
  failed += tests.numFailedTests;
}
// No drill at all: the list of them could not be read.
if (drills.length === 0) {
  console.log("No drill is listed: npm run rehearse -- --list failed.");
  failed += 1;
}
for (const drill of drills) {
  // The whole drill writes beside the folders of the others.
  const file = `rehearsal/out/${drill === "whole" ? "" : `${drill}/`}result.json`;
  const result = read(file);
  if (result === undefined) continue;
  passed += result.checks.filter((check) => check.passed).length;
  failed += result.checks.filter((check) => !check.passed).length;
}
// A step can fail without a failed test (format, lint, types, a crash): never report that as green.
if (failedSteps > 0 && failed === 0) failed = failedSteps;
console.log(`tests: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
