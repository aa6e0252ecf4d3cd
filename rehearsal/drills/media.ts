import { parseConfig } from "../../input/parse.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { findSecrets } from "../checks/secret-search.ts";
import { R2_CUSTOM_DOMAIN } from "../clouds/cloudflare/dns.ts";
import { R2_BUCKET, r2BucketKey } from "../clouds/cloudflare/r2.ts";
import { SPACES_BUCKET, SPACES_KEY, spaceKey } from "../clouds/digitalocean/spaces.ts";
import { nameOf } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import type { HttpRequest } from "../pods/inside.ts";
import { countsOf, noFindings, succeeded, type Drill, type Findings } from "./drill.ts";
import { livePods, networkCheck } from "./live.ts";
import { mediaCopyPhases } from "./media-copy.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";
import { allHaystacks, allSecrets } from "./world-secrets.ts";

const [OLD_HOST, NEW_HOST] = ["media.example.social", "files.example.social"];

/** Media settings of the stack file for the move from Spaces to R2, as in docs/media.md. */
const MOVE = {
  spaces: { storage: "spaces" },
  both: { storage: "spaces", extraHosts: [NEW_HOST], standby: { storage: "r2" } },
  moved: {
    storage: "r2",
    host: NEW_HOST,
    standby: { storage: "spaces", hosts: [OLD_HOST] },
  },
} as const;

/**
 * A server moves its media from Spaces to R2. Checks which buckets stay, which bucket serves each
 * file, and who may list them.
 */
export function mediaDrill(context: DrillContext): Drill {
  const findings = noFindings();
  return {
    name: "media on Spaces, and the move to R2",
    findings,
    phases: [
      ...setupPhases(context),
      {
        title: "Spaces",
        run: async () => {
          await setMedia(context, MOVE.spaces);
          return "in the stack file";
        },
      },
      ...upPhases(context, findings),
      spaces(context, findings),
      secondPreview(context, findings),
      move(context, findings),
      secondPreview(context, findings),
      goodbye(context, findings),
      ...mediaCopyPhases(context, findings, (media) => setMedia(context, media), {
        ...{ host: NEW_HOST, retiredHosts: [OLD_HOST] },
      }),
      secrets(context, findings),
      {
        title: "own parts",
        run: async () => {
          const { faults } = rehearsalOf(context);
          findings.checks.push(checkOf("the rehearsal's own parts worked", faults, "no fault"));
          return `${faults.length} faults`;
        },
      },
    ],
  };
}

async function setMedia(context: DrillContext, media: object): Promise<void> {
  await rehearsalOf(context).stack.editConfig((document) =>
    document.setIn(["config", "mastodon:media"], document.createNode(media)),
  );
}

function spaces(context: DrillContext, findings: Findings): Phase {
  return {
    title: "media host",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { world } = rehearsal;
      const grants = world.find(SPACES_KEY).map(({ properties }) => properties["grants"]);
      findings.checks.push(
        checkOf(
          "the Space can be listed by nobody, and its key is for it alone",
          [
            ...world
              .find(SPACES_BUCKET)
              .filter(({ properties }) => properties["acl"] !== "private")
              .map(({ id }) => `${id} can be listed`),
            ...(grants.length === 2 ? [] : [`${grants.length} Spaces keys`]),
          ],
          JSON.stringify(grants),
        ),
        await networkCheck(rehearsal, parseConfig({ ...readStackFile(), media: MOVE.spaces })),
        ...(await mediaHostChecks(context)),
      );
      return `${findings.checks.length} checks so far`;
    },
  };
}

/**
 * Requests to the media host. The expected answers are those of the assets origin without the
 * Space, which is not simulated here.
 */
const REQUESTS: readonly (readonly [request: HttpRequest, status: number, cache: string])[] = [
  [{ method: "GET", path: "/" }, 404, "public, max-age=30"],
  [{ method: "GET", path: "/?list-type=2" }, 404, "public, max-age=30"],
  [{ method: "GET", path: "/media_attachments/" }, 404, "public, max-age=30"],
  [{ method: "PUT", path: "/a.png" }, 405, "no-store"],
  [{ method: "OPTIONS", path: "/a.png" }, 204, "no-store"],
];

async function mediaHostChecks(context: DrillContext): Promise<readonly Check[]> {
  const rehearsal = rehearsalOf(context);
  const pods = (await livePods(rehearsal)).filter(
    ({ metadata }) => metadata?.labels?.["app.kubernetes.io/component"] === "assets",
  );
  const wrong: string[] = [];
  for (const { metadata } of pods) {
    const server = rehearsal.runners.serverOf(metadata?.uid ?? "");
    if (server === undefined) {
      wrong.push(`${metadata?.name} does not run`);
      continue;
    }
    const answers = await server.request(
      REQUESTS.map(([request]) => ({ ...request, headers: { host: OLD_HOST } })),
    );
    REQUESTS.forEach(([{ method, path }, status, cache], at) => {
      const got = answers[at];
      const said = {
        "cache-control": cache,
        "access-control-allow-origin": "*",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; form-action 'none'",
      };
      const off = Object.entries(said).filter(([name, value]) => got?.headers[name] !== value);
      if (got?.status !== status || off.length > 0)
        wrong.push(
          `${method} ${path}: ${got?.status}, ${off.map(([name]) => name).join()} is otherwise`,
        );
    });
  }
  return [
    checkOf(
      "the media host of the real nginx lists nothing, takes nothing, and says of each answer what it must",
      pods.length === 0 ? ["there is no assets pod"] : wrong,
      `${REQUESTS.length} requests to each of ${pods.length} real nginx`,
    ),
  ];
}

function secrets(context: DrillContext, findings: Findings): Phase {
  return {
    title: "secrets",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const all = await allSecrets(rehearsal);
      const haystacks = await allHaystacks(rehearsal);
      const keys = all.filter(({ name }) => /secretKey/u.test(name));
      findings.checks.push(
        checkOf(
          "no key of Spaces stands in plaintext anywhere",
          keys.length < 2 ? [`${keys.length} keys to look for`] : findSecrets(all, haystacks),
          `${all.length} secrets, ${keys.length} of Spaces, in ${haystacks.length} places`,
        ),
      );
      return `${all.length} secrets`;
    },
  };
}

/**
 * docs/media.md, "From one storage to the other". No files are copied, because there are none here.
 */
function move(context: DrillContext, findings: Findings): Phase {
  return {
    title: "move",
    run: async () => {
      const { stack, world } = rehearsalOf(context);
      const [space] = world.find(SPACES_BUCKET);
      // From here on both buckets contain something.
      world.filledBuckets.add(spaceKey(String(space?.properties["region"]), space?.id ?? ""));
      await setMedia(context, MOVE.both);
      const first = succeeded(findings, await stack.up());
      world.filledBuckets.add(r2BucketKey(world.find(R2_BUCKET)[0]?.id ?? ""));
      await setMedia(context, MOVE.moved);
      const second = succeeded(findings, await stack.up());
      const replaced = [...first.steps, ...second.steps]
        .filter(({ op }) => op.includes("delete") || op.includes("replace"))
        // Inside the cluster a changed text replaces its object, and a release runs its Jobs again.
        .filter(({ urn }) => !/[:$]kubernetes:[^$]+$/u.test(urn))
        .map(({ op, urn }) => `${op} ${nameOf(urn)}`);
      const domains = world.find(R2_CUSTOM_DOMAIN).map(({ id }) => id);
      findings.checks.push(
        checkOf(
          "the move from Spaces to R2 keeps both buckets, and each host its one answer",
          [
            ...replaced,
            ...(domains.join() === NEW_HOST
              ? []
              : [`R2 answers for ${domains.join() || "nothing"}`]),
            ...(world.find(SPACES_BUCKET)[0]?.id === space?.id ? [] : ["the Space is another one"]),
          ],
          `${countsOf(first)}; ${countsOf(second)}`,
        ),
      );
      return `${countsOf(first)}; ${countsOf(second)}`;
    },
  };
}

/** The old bucket can be deleted only when it is unprotected and empty. */
function goodbye(context: DrillContext, findings: Findings): Phase {
  return {
    title: "the old bucket",
    run: async () => {
      const { stack, world } = rehearsalOf(context);
      await setMedia(context, {
        ...{ storage: "r2", host: NEW_HOST },
        // The old host gets no requests any more. Without this setting the program refuses.
        retiredHosts: [OLD_HOST],
      });
      const protectedStill = await stack.preview();
      await stack.unprotectAll();
      const full = await stack.up();
      world.filledBuckets.clear();
      const emptied = await stack.up();
      const said = `${protectedStill.failure} ${protectedStill.diagnostics.join(" ")}`;
      findings.checks.push(
        checkOf(
          "the old bucket goes neither while it is protected nor with anything in it",
          [
            ...(/protected/u.test(said) ? [] : ["a protected bucket would be deleted"]),
            ...(/BucketNotEmpty/u.test(full.diagnostics.join(" "))
              ? []
              : ["a bucket with media in it was deleted"]),
            ...(emptied.failure === undefined ? [] : [emptied.failure.slice(0, 200)]),
            ...world.find(SPACES_BUCKET).map(({ id }) => `${id} is still there`),
            ...(world.find(R2_BUCKET).length === 1 ? [] : ["the new bucket is gone"]),
          ],
          "refused, refused, gone",
        ),
      );
      return countsOf(emptied);
    },
  };
}
