import { z } from "zod";
import { FILL_MINUTES } from "../update-time.ts";
import { flag, hostName, network, port, whole } from "./values.ts";

/** The key `search`. */
export const searchSchema = z
  .strictObject({
    host: hostName("`ES_HOST`: OpenSearch or Elasticsearch, without scheme."),
    port: port(9_200, "`ES_PORT`."),
    plaintext: flag(
      "Speaks without TLS: only with a server in the cluster or in the VPC. Its certificate is a public one otherwise.",
    ),
    user: z
      .string()
      .regex(/^[\w.@-]{1,100}$/u)
      .optional()
      .meta({
        description:
          "`ES_USER`. Set, its password is the secret `searchPassword`. Left out, nobody is asked who they are.",
        allowed: "a name of letters, digits and . @ _ -",
        examples: ["mastodon"],
      }),
    prefix: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,30}$/u)
      .optional()
      .meta({
        description:
          "`ES_PREFIX`: what names of indices begin with, where several servers share one search server. **A change leaves the old indices there and makes new ones.**",
        allowed: "up to 31 lower-case letters, digits, hyphens and underscores",
        examples: ["mastodon"],
      }),
    preset: z
      .enum(["single_node_cluster", "small_cluster", "large_cluster"])
      .default("single_node_cluster")
      .meta({
        description:
          "`ES_PRESET`: shards and copies of the indices. `small_cluster` has up to five nodes, `large_cluster` more.",
      }),
    network: network("it"),
    threads: whole(
      1,
      16,
      2,
      "Threads of the Job that fills the indices; each holds a database connection past the pool, and the Job one more.",
    ).default(2),
    fillMinutes: whole(
      10,
      2_880,
      80,
      "The longest that filling the indices may take, minutes; one that is cut off is begun again by the next `up`.",
    ).default(FILL_MINUTES),
  })
  .optional()
  .meta({
    description:
      "Full-text search. Left out, members find accounts and hashtags only. A Job fills the indices at the end of the first `up`, and again with each minor version.",
  });
