import type { ImageConfig } from "./oci.ts";
import { partsOfReference } from "./oci.ts";

/**
 * Every image that a plan may name: its layers and its configuration, which is that of the real
 * image. The content is Debian's packages, Node, and small programs of this project.
 */

/** Content of a layer above Debian. */
export type Part = "node" | "mastodon";

/** One image, independent of its tag. */
export interface Recipe {
  /** Layers above Debian 13, the lowest first; undefined: a given folder is the whole image. */
  readonly parts: readonly Part[] | undefined;
  readonly config: ImageConfig;
}

/**
 * Folder of libpq's own programs. It comes first in PATH, because Debian's `psql` is a wrapper in
 * Perl.
 */
const POSTGRES_CLIENTS = "/usr/lib/postgresql/17/bin";
export const USUAL_PATH = `${POSTGRES_CLIENTS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
/**
 * File with the fake public root. Node, and Debian's OpenSSL, read it if an environment variable
 * names it.
 */
export const TRUST_STORE = "/etc/ssl/certs/ca-certificates.crt";
const NODE_TRUSTS: readonly string[] = [
  "NODE_OPTIONS=--use-openssl-ca",
  `SSL_CERT_FILE=${TRUST_STORE}`,
];

/** Folder of the programs in Mastodon's image (its Dockerfile, `WORKDIR`). */
export const MASTODON_FOLDER = "/opt/mastodon";
/** Folder of this project's small programs, and of Node, which runs them. */
export const STAND_INS = "/opt/stand-in";
const NODE_PATH = `PATH=${STAND_INS}/bin:${USUAL_PATH}`;

/** mastodon/mastodon `Dockerfile` at v4.6.5: ENV, WORKDIR, USER, ENTRYPOINT. */
const MASTODON: Recipe = {
  parts: ["mastodon"],
  config: {
    Entrypoint: ["/usr/bin/tini", "--"],
    Env: [
      `PATH=${USUAL_PATH}:${MASTODON_FOLDER}/bin`,
      ...["BIND=0.0.0.0", "NODE_ENV=production", "RAILS_ENV=production"],
      "MASTODON_SIDEKIQ_READY_FILENAME=sidekiq_process_has_started_and_will_begin_processing_jobs",
    ],
    User: "mastodon",
    WorkingDir: MASTODON_FOLDER,
  },
};

/**
 * mastodon/mastodon `streaming/Dockerfile` at v4.6.5: no entrypoint, so Node is the first process.
 */
const STREAMING: Recipe = {
  parts: ["node"],
  config: {
    Cmd: ["node", `${STAND_INS}/programs/streaming.mjs`],
    Env: [NODE_PATH, "BIND=0.0.0.0", "PORT=4000", "NODE_ENV=production", ...NODE_TRUSTS],
    User: "mastodon",
    WorkingDir: MASTODON_FOLDER,
  },
};

/**
 * nginx/docker-nginx-unprivileged, its Dockerfile: user 101; after SIGQUIT running requests can
 * finish.
 */
const NGINX: Recipe = {
  parts: [],
  config: {
    Cmd: ["nginx", "-g", "daemon off;"],
    Env: [`PATH=${USUAL_PATH}`],
    User: "101",
    StopSignal: "SIGQUIT",
  },
};

/** docker-library/postgres, its Dockerfile; its server isn't here, only the clients. */
const POSTGRES: Recipe = {
  parts: [],
  config: {
    Cmd: ["postgres"],
    Env: [`PATH=${USUAL_PATH}`, "PGDATA=/var/lib/postgresql/data"],
    StopSignal: "SIGINT",
  },
};

/**
 * rclone/rclone `Dockerfile` at v1.74.0: Alpine with `ca-certificates`, `/data` as its folder, the
 * program as entrypoint. Debian 13's own rclone is older (1.60), so an option that is newer than
 * that fails here.
 */
const RCLONE: Recipe = {
  parts: [],
  config: {
    Entrypoint: ["rclone"],
    Env: [`PATH=${USUAL_PATH}`, "XDG_CONFIG_HOME=/config"],
    WorkingDir: "/data",
  },
};

/** cloudflare/cloudflared, its Dockerfile: distroless `nonroot`, the program as entrypoint. */
const CLOUDFLARED: Recipe = {
  parts: ["node"],
  config: {
    Entrypoint: ["node", `${STAND_INS}/programs/cloudflared.mjs`, "--no-autoupdate"],
    Env: [NODE_PATH, ...NODE_TRUSTS],
    User: "65532:65532",
  },
};

/** A pod's first process, and images that DOKS itself runs: it starts, and does nothing. */
const PAUSE: Recipe = {
  parts: [],
  config: {
    Entrypoint: ["/usr/bin/tini", "-s", "--", "/usr/bin/sleep", "infinity"],
    User: "65534:65534",
  },
};

/**
 * Images whose one program is built elsewhere in the rehearsal: kubernetes-sigs/metrics-server and
 * coredns/coredns, their Dockerfiles.
 */
const handedIn = (program: string, User: string): Recipe => ({
  parts: undefined,
  config: { Entrypoint: [program], User },
});

/** By the last part of the repository: a fork's image is built as Mastodon's. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  mastodon: MASTODON,
  "mastodon-streaming": STREAMING,
  "nginx-unprivileged": NGINX,
  postgres: POSTGRES,
  rclone: RCLONE,
  cloudflared: CLOUDFLARED,
  "metrics-server": handedIn("/metrics-server", "65534"),
  coredns: handedIn("/coredns", "65532:65532"),
  pause: PAUSE,
  "doks-system": PAUSE,
};

/**
 * Recipe of the image with this name.
 * @throws Error for a name without a recipe, because a pod with it would never start.
 */
export function recipeOf(reference: string): Recipe {
  const name = partsOfReference(reference).repository.split("/").at(-1) ?? "";
  const recipe = RECIPES[name];
  if (recipe === undefined)
    throw new Error(
      `The rehearsal can't make the image ${reference}: rehearsal/images/catalogue.ts has no recipe for ${name}. It has ${Object.keys(RECIPES).join(", ")}.`,
    );
  return recipe;
}
