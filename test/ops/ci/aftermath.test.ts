import { describe, expect, it } from "vitest";
import { aftermathOf } from "../../../ops/ci/aftermath.ts";
import { aftermathText, lengthOf, stoppedText } from "../../../ops/ci/aftermath-text.ts";

const DEPLOY = {
  stack: "prod",
  commit: "0123456789".repeat(4),
  url: "https://github.example/run/1",
};
const STACK = "pulumi:pulumi:Stack";
const JOB = "kubernetes:batch/v1:Job";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

/** Lines of an event log, a second apart unless a line says otherwise. */
class Log {
  readonly #lines: string[] = [];
  #at = 1_764_400_000;
  #add(event: object, after: number): this {
    this.#at += after;
    this.#lines.push(
      JSON.stringify({ sequence: this.#lines.length, timestamp: this.#at, ...event }),
    );
    return this;
  }
  #metadata(op: string, type: string, name: string, sides: object = {}) {
    return { op, type, urn: `urn:pulumi:prod::mastodon::${type}::${name}`, ...sides };
  }
  running(mastodonVersion: string): this {
    const old = { outputs: { running: { mastodonVersion } } };
    return this.#add(
      { resourcePreEvent: { metadata: this.#metadata("same", STACK, "mastodon-prod", { old }) } },
      0,
    );
  }
  begin(op: string, type: string, name: string, image?: string): this {
    const spec = { template: { spec: { containers: [{ image }] } } };
    const sides = image === undefined ? {} : { new: { inputs: { spec } } };
    return this.#add({ resourcePreEvent: { metadata: this.#metadata(op, type, name, sides) } }, 0);
  }
  end(op: string, type: string, name: string, after = 1): this {
    return this.#add({ resOutputsEvent: { metadata: this.#metadata(op, type, name) } }, after);
  }
  fail(op: string, type: string, name: string, message: string, after = 1): this {
    const { urn } = this.#metadata(op, type, name);
    return this.#add({ diagnosticEvent: { urn, severity: "error", message } }, 0).#add(
      { resOpFailedEvent: { metadata: this.#metadata(op, type, name), status: 1, steps: 1 } },
      after,
    );
  }
  say(message: string): this {
    return this.#add({ diagnosticEvent: { severity: "error", message } }, 0);
  }
  get lines(): readonly string[] {
    return this.#lines;
  }
}

const NEW = "ghcr.io/mastodon/mastodon:v9.8.7@sha256:00";
const migrated = () =>
  new Log()
    .running("v9.8.6")
    .begin("update", "mastodon:k8s:Web", "web")
    .begin("create-replacement", JOB, "migrate-pre-deployment");

describe("a deploy that went through", () => {
  const { lines } = migrated()
    .end("create-replacement", JOB, "migrate-pre-deployment", 180)
    .begin("update", DEPLOYMENT, "web", NEW)
    .end("update", DEPLOYMENT, "web")
    .end("update", "mastodon:k8s:Web", "web")
    .begin("create-replacement", JOB, "rollout")
    .end("create-replacement", JOB, "rollout", 70)
    .begin("same", "kubernetes:core/v1:Service", "web-service")
    .end("same", "kubernetes:core/v1:Service", "web-service")
    .begin("delete-replaced", JOB, "rollout")
    .end("delete-replaced", JOB, "rollout");

  it("says how long it took, what it did, which release serves, and the longest step first", () => {
    const text = aftermathText(aftermathOf(lines), { ...DEPLOY, status: 0 });
    expect(text.split("\n")[0]).toBe(
      "> ✅ **Deployed** `0123456` in 4 min 14 s: 2 replaced, 1 updated. `v9.8.7` serves, with this change. [The run](https://github.example/run/1).",
    );
    expect(text).toMatch(
      /took \|\n.*\n\| create-replacement `migrate-pre-deployment` \(Job\) \| 3 min 0 s/u,
    );
    expect(text).not.toContain("web-service");
  });

  it("without a change it says so, and has no table", () => {
    const nothing = aftermathOf(new Log().running("v9.8.6").lines);
    expect(aftermathText(nothing, { ...DEPLOY, status: 0 })).toBe(
      "> ✅ **Deployed** `0123456` in 0 s: nothing was to be changed. `v9.8.6` serves; no pod of it was changed. [The run](https://github.example/run/1).",
    );
  });
});

describe("a deploy that failed", () => {
  it("names the first failed step, its own last lines, the release that serves, and the next command", () => {
    const program = Array.from({ length: 40 }, (_, at) => `line ${at}`).join("\n");
    const { lines } = migrated()
      .begin("update", "kubernetes:core/v1:Secret", "other")
      .fail("create-replacement", JOB, "migrate-pre-deployment", `<{%reset%}>${program}\n`, 90)
      .fail("update", "kubernetes:core/v1:Secret", "other", "a later failure")
      .say("update failed");
    const text = aftermathText(aftermathOf(lines), { ...DEPLOY, status: 255 });
    expect(text.split("\n")[0]).toBe(
      "> 🛑 **The deploy of `0123456` stopped at `migrate-pre-deployment` (Job)** after 1 min 31 s; done before: nothing. `v9.8.6` serves; no pod of it was changed. [The run](https://github.example/run/1).",
    );
    expect(text).toContain("```text\nline 25\n");
    expect(text).toContain("line 39\n```");
    expect(text).not.toMatch(/a later failure|update failed/u);
    expect(text).toContain("npm run recover -- --stack prod");
  });

  it("in the middle of a rollout nobody is told that one release serves", () => {
    const { lines } = migrated()
      .end("create-replacement", JOB, "migrate-pre-deployment")
      .begin("update", DEPLOYMENT, "web", NEW)
      .end("update", DEPLOYMENT, "web")
      .begin("create-replacement", JOB, "rollout")
      .fail("create-replacement", JOB, "rollout", "web: 0 of 2 new pods ready");
    expect(aftermathOf(lines).serving).toBe(
      "Pods with and without this change may serve: the rollout of web was not awaited to its end",
    );
  });

  it("a job that was killed shows what it was in the middle of, also with half a last line", () => {
    const { lines } = migrated();
    const killed = aftermathOf([...lines, '{"sequence": 9, "resOutp']);
    expect(aftermathText(killed, { ...DEPLOY, status: 1 })).toContain(
      "was cut off in the middle of `migrate-pre-deployment`** after 0 s",
    );
  });

  it("a program that refuses has no step, and its words are shown once", () => {
    const { failure } = aftermathOf(
      new Log().say("mastodon:x is wrong").say("mastodon:x is wrong").lines,
    );
    expect(failure).toEqual({ lines: ["mastodon:x is wrong"] });
  });
});

it("a deploy that the gate stopped says which commit and why", () => {
  expect(stoppedText("Main has moved on.", DEPLOY)).toBe(
    "> 🛑 **Not deployed**: `0123456`. Main has moved on. [The run](https://github.example/run/1).",
  );
});

it("a duration is read at a glance", () => {
  expect([0, 59, 60, 252].map(lengthOf)).toEqual(["0 s", "59 s", "1 min 0 s", "4 min 12 s"]);
});
