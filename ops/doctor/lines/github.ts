import { readFile } from "node:fs/promises";
import { providerOf } from "../../secrets/stack-file.ts";
import { stackFileOf } from "../../stack-file/place.ts";
import { fix, ok, type Line } from "../line.ts";
import type { Scene } from "../scene.ts";
import { NoProgram } from "../world.ts";

/** GitHub's settings (docs/operate.md, "GitHub's settings"), by its own program `gh`. */

const ENVIRONMENTS = ["preview", "production"] as const;

/** Secrets that the workflows read. */
export const WORKFLOW_SECRETS = [
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_STATE_ACCESS_KEY_ID",
  "PULUMI_STATE_SECRET_ACCESS_KEY",
  "DIGITALOCEAN_ACCESS_TOKEN",
  "CLOUDFLARE_API_TOKEN",
] as const;

/** Reads a path of the repository in whose folder the command runs. */
async function api<T>({ run, place }: Scene, path: string): Promise<T> {
  try {
    const args = ["api", `repos/{owner}/{repo}${path}`];
    return JSON.parse(await run("gh", args, undefined, place.cwd)) as T;
  } catch (error) {
    if (error instanceof NoProgram)
      throw new Error(
        "there is no `gh` on the PATH, so GitHub was not asked: https://cli.github.com",
      );
    throw error;
  }
}

interface Named {
  readonly name: string;
}

async function environmentsOf(scene: Scene): Promise<readonly Environment[]> {
  const { environments } = await api<{ readonly environments?: readonly Environment[] }>(
    scene,
    "/environments",
  );
  return environments ?? [];
}

/** An environment (https://docs.github.com/en/rest/deployments/environments). */
interface Environment extends Named {
  readonly protection_rules?: readonly { readonly type: string }[];
  readonly deployment_branch_policy?: {
    readonly protected_branches: boolean;
    readonly custom_branch_policies: boolean;
  } | null;
}

interface Missing {
  readonly environment: string;
  /** Undefined: the environment itself is missing. */
  readonly names: readonly string[] | undefined;
}

export const githubSecrets: Line<readonly Missing[]> = {
  number: 27,
  name: "github-secrets",
  checks: "the workflows' secrets are in both environments, by name",
  async ask(scene) {
    const file = await readFile(stackFileOf(scene.place), "utf8").catch(() => "");
    const { encryptedkey } = providerOf(file);
    const wanted = WORKFLOW_SECRETS.filter(
      (name) => encryptedkey === undefined || name !== "PULUMI_CONFIG_PASSPHRASE",
    );
    const there = (await environmentsOf(scene)).map(({ name }) => name);
    return await Promise.all(
      ENVIRONMENTS.map(async (environment) => {
        if (!there.includes(environment)) return { environment, names: undefined };
        const { secrets } = await api<{ readonly secrets: readonly Named[] }>(
          scene,
          `/environments/${environment}/secrets?per_page=100`,
        );
        const names = secrets.map(({ name }) => name);
        return { environment, names: wanted.filter((name) => !names.includes(name)) };
      }),
    );
  },
  judge(missing) {
    for (const { environment, names } of missing) {
      if (names === undefined)
        return fix(
          `The repository has no environment ${environment}.`,
          `gh api --method PUT 'repos/{owner}/{repo}/environments/${environment}'`,
        );
      if (names.length > 0)
        return fix(
          `The environment ${environment} lacks ${names.join(", ")}.`,
          `gh secret set ${names[0]} --env ${environment}`,
        );
    }
    return ok("both environments have them");
  },
};

export const githubBackend: Line<readonly string[]> = {
  number: 28,
  name: "github-backend",
  checks: "`PULUMI_BACKEND_URL` is a variable of the repository, or of both environments",
  /** Places that have the variable: `repository`, and environments. */
  async ask(scene) {
    const has = async (path: string): Promise<boolean> => {
      const { variables } = await api<{ readonly variables: readonly Named[] }>(scene, path);
      return variables.some(({ name }) => name === "PULUMI_BACKEND_URL");
    };
    if (await has("/actions/variables?per_page=100")) return ["repository"];
    const there = (await environmentsOf(scene)).map(({ name }) => name);
    const found = await Promise.all(
      ENVIRONMENTS.filter((each) => there.includes(each)).map(async (each) =>
        (await has(`/environments/${each}/variables?per_page=100`)) ? [each] : [],
      ),
    );
    return found.flat();
  },
  judge: (places) =>
    places.includes("repository") || ENVIRONMENTS.every((each) => places.includes(each))
      ? ok(`set in ${places.join(" and ")}`)
      : fix(
          `PULUMI_BACKEND_URL is set in ${places.join(", ") || "no place"}: a workflow would look for the state with Pulumi Cloud.`,
          'gh variable set PULUMI_BACKEND_URL --body "$PULUMI_BACKEND_URL"',
        ),
};

interface Protection {
  readonly environment: string;
  readonly reviewer: boolean;
  /** Branches that may use it; undefined: every one. */
  readonly branches: readonly string[] | undefined;
}

export const githubEnvironments: Line<readonly Protection[]> = {
  number: 29,
  name: "github-environments",
  checks: "`production` has a reviewer and takes main alone; `preview` has a reviewer",
  async ask(scene) {
    const environments = await environmentsOf(scene);
    return await Promise.all(
      ENVIRONMENTS.map(async (name) => {
        const found = environments.find((each) => each.name === name);
        const types = (found?.protection_rules ?? []).map(({ type }) => type);
        const policy = found?.deployment_branch_policy ?? undefined;
        return {
          environment: name,
          reviewer: types.includes("required_reviewers"),
          branches: policy && (await branchesOf(scene, name, policy.protected_branches)),
        };
      }),
    );
  },
  judge(protections) {
    const page =
      "https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments";
    const faults = protections.flatMap(({ environment, reviewer, branches }) => {
      const onlyMain = branches?.length === 1 && branches[0] === "main";
      if (environment === "production")
        return [
          ...(reviewer ? [] : ["production has no reviewer: a merge is a deploy."]),
          ...(onlyMain
            ? []
            : [
                `production takes ${branches?.join(", ") ?? "every branch"}: a branch that names it gets its secrets.`,
              ]),
        ];
      // Without reviewers, in a private repository, it takes main alone (docs/operate.md).
      return reviewer || onlyMain
        ? []
        : ["preview has no reviewer: every branch gets the passphrase before anyone reads it."];
    });
    return faults.length === 0 ? ok("both are protected") : fix(faults.join("\n"), page);
  },
};

async function branchesOf(
  scene: Scene,
  name: string,
  isProtected: boolean,
): Promise<readonly string[]> {
  // Whether main is one of them is a line of its own; others may be, too.
  if (isProtected) return ["every protected branch"];
  const { branch_policies } = await api<{ readonly branch_policies: readonly Named[] }>(
    scene,
    `/environments/${name}/deployment-branch-policies`,
  );
  return branch_policies.map((each) => each.name);
}

export const githubMain: Line<readonly string[]> = {
  number: 30,
  name: "github-main",
  checks: "nobody pushes to main past a pull request and the check",
  /** Types of the rules of main, of rulesets and of a classic protection alike. */
  async ask(scene) {
    const rules = await api<readonly { readonly type: string }[]>(scene, "/rules/branches/main");
    const types = rules.map(({ type }) => type);
    if (types.length > 0) return types;
    const branch = await api<{
      readonly protection?: {
        readonly required_status_checks?: { readonly contexts?: readonly string[] };
      };
      readonly protected?: boolean;
    }>(scene, "/branches/main");
    const { contexts = [] } = branch.protection?.required_status_checks ?? {};
    return branch.protected === true
      ? ["pull_request", ...(contexts.length > 0 ? ["required_status_checks"] : [])]
      : [];
  },
  judge(types) {
    const missing = ["pull_request", "required_status_checks"].filter(
      (each) => !types.includes(each),
    );
    return missing.length === 0
      ? ok("main takes pull requests that passed the check")
      : fix(
          `The branch main has no rule ${missing.join(" and ")}: code without a review is deployed.`,
          "https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/creating-rulesets-for-a-repository",
        );
  },
};
