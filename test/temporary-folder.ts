import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder for the running test. It is deleted with the test, failed or not. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `mastodon-test-${name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
