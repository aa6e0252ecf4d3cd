import { fix, ok, unknown, type Line } from "../line.ts";

/** Seconds by which this machine's clock may be off. S3 refuses from 15 minutes on. */
const MOST_SECONDS = 60;

interface Clock {
  /** Cloudflare's, from the header `Date`; undefined: no answer had one. */
  readonly theirs: Date | undefined;
  readonly ours: Date;
}

export const clock: Line<Clock> = {
  number: 24,
  name: "clock",
  checks: "this machine's clock is off by a minute at most",
  async ask(scene) {
    const client = await scene.cloudflare();
    const date = await client.user.tokens
      .verify()
      .asResponse()
      .then(
        ({ headers }) => headers.get("date"),
        // A refusal has the header, too.
        (error: unknown) => (error as { readonly headers?: Headers }).headers?.get("date"),
      );
    return { theirs: date ? new Date(date) : undefined, ours: scene.now() };
  },
  judge({ theirs, ours }) {
    if (theirs === undefined) return unknown("Cloudflare did not answer");
    const off = Math.round(Math.abs(ours.getTime() - theirs.getTime()) / 1_000);
    return off <= MOST_SECONDS
      ? ok(`off by ${off} s`)
      : fix(
          `This machine's clock is off by ${off} s: S3 and TLS refuse what is signed by it.`,
          "timedatectl set-ntp true",
        );
  },
};
