import { unrehearsedWords } from "../../domain/rehearsed.ts";
import { releaseOf } from "./headline.ts";
import type { ImageChange } from "./image-changes.ts";

/** Facts about new images, to be read before a merge. */

/** One row: a question, and its answer. */
export interface ImageRow {
  readonly what: string;
  readonly answer: string;
  /** Address of a page with more; unset: there is none that is known. */
  readonly links?: readonly { readonly text: string; readonly url: string }[];
}

/** Repository of Mastodon's own images; a fork's notes are elsewhere. */
const UPSTREAM = "ghcr.io/mastodon/mastodon";
const SOURCE = "https://github.com/mastodon/mastodon";

/** The rows; none if no image changes. */
export function imageRows(images: readonly ImageChange[]): readonly ImageRow[] {
  const release = releaseOf(images);
  const isUpstream = images.some(({ after }) => after.repository === UPSTREAM);
  return [
    ...(release === undefined || !isUpstream
      ? []
      : [
          {
            what: "☐ read what no program can: steps before and after, new variables, slow migrations",
            answer: "",
            links: [
              {
                text: `release notes ${release.after}`,
                url: `${SOURCE}/releases/tag/${release.after}`,
              },
              {
                text: "all changes",
                url: `${SOURCE}/compare/${release.before}...${release.after}`,
              },
            ],
          },
        ]),
    ...(release === undefined || !isUpstream
      ? []
      : [{ what: "rehearsed", answer: rehearsedWords(release.after) }]),
    ...images.map(({ before, after, users }) => ({
      what: `${after.repository.split("/").at(-1) ?? after.repository}: ${users.length} ${users.length === 1 ? "workload" : "workloads"}`,
      answer: `${before === undefined ? "" : `${before.tag} → `}${after.tag}, ${
        after.digest === undefined
          ? "⚠️ by its tag alone: npm run images -- pin"
          : before?.tag === after.tag
            ? "another digest"
            : "by digest"
      }`,
    })),
  ];
}

function rehearsedWords(version: string): string {
  try {
    const why = unrehearsedWords(version);
    return why === undefined ? "✅ this minor version is" : `❌ ${why}`;
  } catch {
    return "❌ its version can't be read";
  }
}
