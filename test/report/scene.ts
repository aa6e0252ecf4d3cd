import { IMAGES, type Images } from "../../config/images.ts";
import { textsOf } from "../../input/stack-text.ts";
import { readEngineLog } from "../../ops/report/engine-log.ts";
import { reportOf, type Report, type ReportInput } from "../../ops/report/model.ts";
import { stringify } from "yaml";
import { planStack } from "../../plan/plan-stack.ts";
import { previewEvents } from "./plan-events.ts";

/** Reports of changes of a server, made from plans. */

/** A stack file's configuration by key. */
export type Raw = Readonly<Record<string, unknown>>;

/** A medium server. */
export const MEDIUM: Raw = {
  domain: "example.social",
  webDomain: "example.social",
  region: "nyc3",
  cluster: { version: "1.35.1-do.6" },
  cloudflare: { accountId: "0".repeat(32), zoneId: "1".repeat(32) },
  profile: "medium",
  // The committed images are not all pinned, and every update of them would be refused.
  images: { unpinned: "allow" },
};

/** A stack file with these settings. */
export function fileOf(raw: Raw): string {
  return stringify({ config: textsOf(raw) });
}

/** Images that a change deploys. */
interface Releases {
  readonly before?: Images;
  readonly after?: Images;
}

/** The report of a change. `before` undefined: of a new server. */
export async function reportOfChange(
  before: Raw | undefined,
  after: Raw,
  { releases = {}, ...input }: Partial<ReportInput> & { readonly releases?: Releases } = {},
): Promise<Report> {
  const { before: first = IMAGES, after: then = IMAGES } = releases;
  const olds =
    before === undefined
      ? undefined
      : await planStack(before, { release: { images: first, previousImage: undefined } });
  const news = await planStack(after, {
    release: {
      images: then,
      previousImage: first.mastodon === then.mastodon ? undefined : first.mastodon,
    },
  });
  return reportOf({
    stack: "prod",
    run: readEngineLog(previewEvents(olds, news)),
    ending: "previewed",
    ...(before === undefined ? {} : { before: fileOf(before) }),
    after: fileOf(after),
    images: then,
    head: "4f2c1ab",
    base: "73c584a",
    at: new Date("2026-11-29T09:14:00Z"),
    ...input,
  });
}
