import { ACCOUNT, gh, ZONE, type DoctorCase, type Stage } from "../stage.ts";
import { digestOf, indexOf, OCI_INDEX } from "../../registry.ts";

/** Changes one of GitHub's answers. */
function answer(stage: Stage, path: string, change: (content: never) => unknown): void {
  const before = JSON.parse(stage.programs.get(gh(path))!) as never;
  stage.programs.set(gh(path), JSON.stringify(change(before)));
}

interface Environments {
  readonly environments: readonly { readonly name: string }[];
}

const tagOf = (image: string): string => /:([^:@]+)@/u.exec(image)![1]!;

export const projectCases: readonly DoctorCase[] = [
  {
    line: "images",
    failedBy: "a tag was moved to other content",
    arrange({ registry, images }) {
      const body = indexOf("linux/amd64", "linux/arm64");
      registry.serve("rclone", tagOf(images.rclone), { body, type: OCI_INDEX });
    },
  },
  {
    line: "images",
    failedBy: "an image is named by a tag alone",
    arrange: (stage) =>
      void (stage.images = {
        ...stage.images,
        mastodon: stage.images.mastodon.replace(`@${digestOf(indexOf("linux/amd64"))}`, ""),
      }),
  },
  {
    line: "images",
    failedBy: "a newer patch of Mastodon is out",
    arrange({ registry, images }) {
      const tag = tagOf(images.mastodon);
      const newer = tag.replace(/\d+$/u, (patch) => String(Number(patch) + 1));
      for (const name of ["mastodon", "streaming"]) registry.list(name, [tag, newer], 100);
    },
  },
  {
    line: "images",
    failedBy: "a registry does not answer",
    word: "unknown",
    arrange: async ({ registry }) => await registry.stop(),
  },
  {
    line: "configuration",
    failedBy: "the ids of the template are still there",
    arrange(stage) {
      stage.write(ACCOUNT, "0".repeat(32));
      stage.write(ZONE, "1".repeat(32));
    },
  },
  {
    line: "configuration",
    failedBy: "a key is misspelt",
    arrange: (stage) => stage.write("mastodon:region", "mastodon:regoin"),
  },
  {
    line: "configuration",
    failedBy: "there is no stack file",
    arrange: (stage) => void (stage.text = undefined),
  },
  {
    line: "github-secrets",
    failedBy: "the environment `preview` lacks the passphrase",
    arrange: (stage) =>
      answer(
        stage,
        "/environments/preview/secrets?per_page=100",
        ({ secrets }: { readonly secrets: readonly { readonly name: string }[] }) => ({
          secrets: secrets.filter(({ name }) => name !== "PULUMI_CONFIG_PASSPHRASE"),
        }),
      ),
  },
  {
    line: "github-secrets",
    failedBy: "there is no environment `production`",
    arrange: (stage) =>
      answer(stage, "/environments", ({ environments }: Environments) => ({
        environments: environments.filter(({ name }) => name !== "production"),
      })),
  },
  {
    line: "github-secrets",
    failedBy: "there is no `gh`",
    word: "unknown",
    arrange({ programs }) {
      for (const line of [...programs.keys()].filter((each) => each.startsWith("gh ")))
        programs.delete(line);
    },
  },
  {
    line: "github-backend",
    failedBy: "the variable is nowhere",
    arrange: (stage) => answer(stage, "/actions/variables?per_page=100", () => ({ variables: [] })),
  },
  {
    line: "github-environments",
    failedBy: "`production` has no reviewer, and every branch may use it",
    arrange: (stage) =>
      answer(stage, "/environments", ({ environments }: Environments) => ({
        environments: environments.map((each) =>
          each.name === "production" ? { name: "production", protection_rules: [] } : each,
        ),
      })),
  },
  {
    line: "github-environments",
    failedBy: "`preview` has no reviewer",
    arrange: (stage) =>
      answer(stage, "/environments", ({ environments }: Environments) => ({
        environments: environments.map((each) =>
          each.name === "preview" ? { ...each, protection_rules: [] } : each,
        ),
      })),
  },
  {
    line: "github-main",
    failedBy: "everyone may push to main",
    arrange(stage) {
      answer(stage, "/rules/branches/main", () => []);
      stage.programs.set(gh("/branches/main"), JSON.stringify({ protected: false }));
    },
  },
];
