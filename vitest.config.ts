import { defineConfig } from "vitest/config";

/** The fast tests: no engine, no Go, no root, no network, under a minute. */
export default defineConfig({
  test: {
    include: ["{test,rehearsal/test}/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    pool: "threads",
    // By default vitest leaves one core free, which is half of a two-core machine.
    maxWorkers: "100%",
    // Importing the SDKs again for each file took 40 of 100 CPU seconds. Each plan sets its own
    // settings.
    isolate: false,
    testTimeout: 60_000, // Twenty CPU seconds with two idle cores; other processes may use them.
    expect: { poll: { timeout: 10_000 } }, // Milliseconds; as above, of one second by default.
    hookTimeout: 60_000, // A hook creates a world for a whole file.
    reporters: ["default", "json"],
    outputFile: { json: "test/out/results.json" }, // `.ci/run` adds it up with the rehearsals.
  },
});
