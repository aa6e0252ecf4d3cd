import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { urlOf } from "../../ops/state/bucket.ts";
import { checkOf } from "../checks/check.ts";
import { openRest } from "../clouds/rest/open.ts";
import { findEngine } from "../engine/find-engine.ts";
import type { Phase } from "../phases.ts";
import { makeRunDirectory } from "../run-directory.ts";
import { onlyKey } from "../state/s3-keys.ts";
import { S3Server } from "../state/s3-server.ts";
import {
  ADDRESS,
  bodyOf,
  environmentOf,
  HISTORY,
  newScene,
  projectOf,
  put,
  s3Of,
  SIGNED,
  STACKS,
  typed,
  type Scene,
} from "../state/scene.ts";
import { SECRET_OUTPUT, StateProject } from "../state/state-project.ts";
import { noFindings, type Drill, type Findings } from "./drill.ts";
import type { DrillContext } from "./setup.ts";

/** The real CLI with its state on R2, and everything that can happen to that state. */
export function stateDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const scene = newScene();
  return {
    name: "state on R2",
    findings,
    notProven: [
      "R2 itself: the S3 that stands for it refuses what R2 is reported to refuse, checks no signature, and knows no upload in parts.",
    ],
    phases: [
      {
        title: "engine",
        run: async (progress) => {
          const engine = await findEngine(progress);
          scene.engineRoot = engine.root;
          return `Pulumi ${engine.version}`;
        },
      },
      bucket(context, scene, findings),
      firstUpdates(scene, findings),
      refusals(scene, findings),
      ...DAMAGES.map((damage) => damaged(scene, findings, damage)),
      history(scene, findings),
      nothingLeft(scene, findings),
    ],
  };
}

function bucket(context: DrillContext, scene: Scene, findings: Findings): Phase {
  return {
    title: "bucket",
    run: async () => {
      scene.directory = await makeRunDirectory();
      scene.rest = await openRest(scene.world);
      scene.s3 = await S3Server.start({
        store: scene.world.r2,
        keys: onlyKey("key-of-the-drill"),
        directory: join(scene.directory, "s3"),
      });
      context.close = async () => {
        await scene.s3?.stop();
        await scene.rest?.close();
        await rm(scene.directory, { recursive: true, force: true, maxRetries: 5 });
      };
      const init = ["init", "--account", ADDRESS.account, "--bucket", ADDRESS.bucket];
      const first = await typed(scene, init);
      const rules = JSON.stringify(scene.world.r2.locks(ADDRESS.bucket));
      const second = await typed(scene, init);
      findings.checks.push(
        checkOf(
          "`state init` makes the bucket and locks its history; a second time it changes nothing",
          [
            ...(first.well && second.well ? [] : [first.said, second.said]),
            ...(first.said.includes(urlOf(ADDRESS)) ? [] : ["the address is not said"]),
            ...(rules === JSON.stringify(scene.world.r2.locks(ADDRESS.bucket))
              ? []
              : ["the rules have changed"]),
          ],
          rules,
        ),
      );
      return "made by Cloudflare's client, locked";
    },
  };
}

function firstUpdates(scene: Scene, findings: Findings): Phase {
  return {
    title: "updates",
    run: async () => {
      scene.project = await StateProject.open({
        engineRoot: scene.engineRoot,
        directory: scene.directory,
        environment: environmentOf(scene),
      });
      const ups = [await scene.project.up(), await scene.project.up()];
      scene.urns = await scene.project.urns();
      const checked = await typed(scene, ["check"]);
      const { refused, notModelled } = s3Of(scene);
      const clear = scene.world.r2
        .list(ADDRESS.bucket)
        .filter(([, { body }]) => body.includes(SECRET_OUTPUT))
        .map(([key]) => `${key} holds the secret in the clear`);
      findings.checks.push(
        checkOf(
          "the CLI keeps its state on R2: it sends nothing that R2 refuses",
          [
            ...ups.filter((up): up is string => typeof up === "string"),
            ...refused,
            ...notModelled,
            ...clear,
          ],
          `${scene.urns.length} resources, ${scene.world.r2.list(ADDRESS.bucket).length} objects`,
        ),
        checkOf(
          "`state check` finds a good state good",
          checked.well ? [] : [checked.said],
          "all is well",
        ),
      );
      return `${scene.world.r2.list(ADDRESS.bucket).length} objects in the bucket`;
    },
  };
}

/** The check of the CLI must be able to fail: with checksums, the same CLI is refused. */
function refusals(scene: Scene, findings: Findings): Phase {
  return {
    title: "refusals",
    run: async () => {
      const told = { AWS_REQUEST_CHECKSUM_CALCULATION: "when_supported" };
      const up = await projectOf(scene).up(told);
      const refused = s3Of(scene).refused.splice(0);
      findings.checks.push(
        checkOf(
          "a client that sends checksums or trailers is refused: a later CLI that does so shows here",
          [
            ...(typeof up === "string" ? [] : ["the update went through"]),
            ...(refused.some((line) => line.endsWith("NotImplemented")) ? [] : ["nothing refused"]),
          ],
          refused[0] ?? "",
        ),
      );
      return `${refused.length} calls refused`;
    },
  };
}

/** One kind of damage to the state's own file. */
interface Damage {
  readonly what: string;
  readonly word: string;
  readonly does: (scene: Scene) => Promise<void> | void;
}

const DAMAGES: readonly Damage[] = [
  {
    what: "cut in half",
    word: "damaged",
    does: (scene) => put(scene, bodyOf(scene).subarray(0, bodyOf(scene).length / 2)),
  },
  { what: "empty", word: "damaged", does: (scene) => put(scene, Buffer.alloc(0)) },
  {
    what: "gone",
    word: "no state file",
    does: ({ world }) => world.r2.delete(ADDRESS.bucket, STACKS),
  },
  {
    what: "gone, and a new one made in its place",
    word: "holds no resource",
    does: async (scene) => {
      scene.world.r2.delete(ADDRESS.bucket, STACKS);
      await projectOf(scene).pulumi(["stack", "init", "prod"]);
    },
  },
  {
    what: "another stack's",
    word: "foreign",
    does: (scene) =>
      put(
        scene,
        Buffer.from(
          bodyOf(scene).toString("utf8").replaceAll("urn:pulumi:prod::", "urn:pulumi:staging::"),
        ),
      ),
  },
];

function damaged(scene: Scene, findings: Findings, { what, word, does }: Damage): Phase {
  return {
    title: `state file ${what}`,
    run: async () => {
      const project = projectOf(scene);
      await does(scene);
      const before = await project.urns().then(
        (urns) => (JSON.stringify(urns) === JSON.stringify(scene.urns) ? "as before" : "other"),
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      const checked = await typed(scene, ["check"]);
      const restored = await typed(scene, ["restore", "--yes"]);
      const after = await project.urns();
      const up = await project.up();
      findings.checks.push(
        checkOf(
          `a state file that is ${what}: \`state check\` says so, \`state restore\` brings it back, the next update changes nothing`,
          [
            ...(before === "as before" ? ["the CLI noticed nothing"] : []),
            ...(checked.well || !checked.said.includes(word) ? [checked.said] : []),
            ...(restored.well ? [] : [restored.said]),
            ...(JSON.stringify(after) === JSON.stringify(scene.urns) ? [] : ["other resources"]),
            ...(up === 0 ? [] : [`the update after it: ${up}`]),
          ],
          before.split("\n").at(-1)?.slice(0, 120) ?? "",
        ),
      );
      return "restored";
    },
  };
}

/** Locks must protect the history, and nothing else. */
function history(scene: Scene, findings: Findings): Phase {
  return {
    title: "locks",
    run: async () => {
      const { world } = scene;
      const [[key] = [""]] = world.r2.list(ADDRESS.bucket, HISTORY);
      const url = `${s3Of(scene).url}/${ADDRESS.bucket}/${key}`;
      const deleted = await fetch(url, { method: "DELETE", headers: SIGNED });
      const rules = world.r2.locks(ADDRESS.bucket);
      world.r2.lock(ADDRESS.bucket, [
        { id: "all", enabled: true, condition: { type: "Indefinite" } },
      ]);
      const checked = await typed(scene, ["check"]);
      world.r2.lock(ADDRESS.bucket, rules);
      const left = ".pulumi/locks/organization/mastodon/prod/left.json";
      world.r2.put(ADDRESS.bucket, left, Buffer.from("{}"));
      const refused = await typed(scene, ["restore", "--yes"]);
      world.r2.delete(ADDRESS.bucket, left);
      s3Of(scene).refused.splice(0);
      findings.checks.push(
        checkOf(
          "the key of a deploy can't delete the history",
          deleted.status === 403 ? [] : [`DELETE answered ${deleted.status}`],
          `DELETE of ${key} answered ${deleted.status}`,
        ),
        checkOf(
          "`state check` names a lock over the whole bucket: it would stop every update",
          checked.well || !checked.said.includes("every update is refused") ? [checked.said] : [],
          "named",
        ),
        checkOf(
          "a lock that an update left behind, or holds: nothing is restored over it",
          refused.well || !refused.said.includes("pulumi cancel") ? [refused.said] : [],
          "refused, with the way out",
        ),
      );
      return "3 of them";
    },
  };
}

/** The bucket is lost with all of its history, and only the export of a deploy is left. */
function nothingLeft(scene: Scene, findings: Findings): Phase {
  return {
    title: "all of it gone",
    run: async () => {
      const project = projectOf(scene);
      const saved = await typed(scene, ["backup", "--out", "kept.json"]);
      const file = join(project.folder, "kept.json");
      const clear = (await readFile(file, "utf8")).includes(SECRET_OUTPUT);
      scene.world.r2.lock(ADDRESS.bucket, []);
      for (const [key] of scene.world.r2.list(ADDRESS.bucket))
        scene.world.r2.delete(ADDRESS.bucket, key);
      const without = await typed(scene, ["restore", "--yes"]);
      const restored = await typed(scene, ["restore", file, "--yes"]);
      const up = await project.up();
      findings.checks.push(
        checkOf(
          "state and history gone: the export that was kept elsewhere brings it back",
          [
            ...(saved.well ? [] : [saved.said]),
            ...(clear ? ["the export holds the secret in the clear"] : []),
            ...(without.well || !without.said.includes("The state is lost") ? [without.said] : []),
            ...(restored.well ? [] : [restored.said]),
            ...(up === 0 ? [] : [`the update after it: ${up}`]),
          ],
          `${(await project.urns()).length} resources`,
        ),
        checkOf("the S3 was asked nothing that it does not know", s3Of(scene).notModelled, "all"),
      );
      return "restored from a file";
    },
  };
}
