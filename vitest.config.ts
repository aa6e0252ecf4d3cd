import { defineConfig } from "vitest/config";

/** The fast tests: no engine, no Go, no root, no network, under a minute. */
export default defineConfig({
  test: {
    include: ["{test,rehearsal/test}/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    pool: "threads",
    maxWorkers: "100%", // Unsaid, one core stays idle: half of two.
    isolate: false, // Loading the SDKs anew for each file was 40 of 100 seconds' work; a plan takes its own settings every time.
    testTimeout: 60_000, // Twenty seconds' work for two idle cores; others may be using them.
    expect: { poll: { timeout: 10_000 } }, // Milliseconds; as above, of one second by default.
    hookTimeout: 60_000, // A world that a whole file uses is made in a hook.
    reporters: ["default", "json"],
    outputFile: { json: "test/out/results.json" }, // `.ci/run` adds it up with the rehearsals.
  },
});
