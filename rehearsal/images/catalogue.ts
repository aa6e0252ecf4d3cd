import type { ImageConfig } from "./oci.ts";
import { partsOfReference } from "./oci.ts";

/**
 * Each image that a plan may name: what of its own is made here, and how its programs begin. As the
 * real ones say it; of their content there is none but Debian's, Node, and small programs of ours.
 */

/** Contents of a layer above Debian. */
export type Part = "node" | "mastodon";

/** One image, as far as it doesn't depend on its tag. */
export interface Recipe {
  /**
   * Layers above Debian 13, the lowest first; undefined: a folder that was handed in is the whole
   * image.
   */
  readonly parts: readonly Part[] | undefined;
  readonly config: ImageConfig;
}

/** PATH of every image. Debian's `psql` on it is a wrapper in Perl, so libpq's own come first. */
const POSTGRES_CLIENTS = "/usr/lib/postgresql/17/bin";
export const USUAL_PATH = `${POSTGRES_CLIENTS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
/**
 * The stand-in of a public root is in the image's file; Node, and Debian's OpenSSL, look there when
 * told.
 */
export const TRUST_STORE = "/etc/ssl/certs/ca-certificates.crt";
const NODE_TRUSTS: readonly string[] = [
  "NODE_OPTIONS=--use-openssl-ca",
  `SSL_CERT_FILE=${TRUST_STORE}`,
];

/** Folder of the programs in Mastodon's image (its Dockerfile, `WORKDIR`). */
export const MASTODON_FOLDER = "/opt/mastodon";
/** Folder of our small programs, and of Node, which runs them. */
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

/** nginx/docker-nginx-unprivileged, its Dockerfile: user 101; SIGQUIT lets running requests end. */
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

/** cloudflare/cloudflared, its Dockerfile: distroless `nonroot`, the program as entrypoint. */
const CLOUDFLARED: Recipe = {
  parts: ["node"],
  config: {
    Entrypoint: ["node", `${STAND_INS}/programs/cloudflared.mjs`, "--no-autoupdate"],
    Env: [NODE_PATH, ...NODE_TRUSTS],
    User: "65532:65532",
  },
};

/** A pod's first process, and what DOKS runs by itself: it is there, and does nothing. */
const PAUSE: Recipe = {
  parts: [],
  config: {
    Entrypoint: ["/usr/bin/tini", "-s", "--", "/usr/bin/sleep", "infinity"],
    User: "65534:65534",
  },
};

/**
 * Images whose one program was built elsewhere in the rehearsal: kubernetes-sigs/metrics-server and
 * coredns/coredns, their Dockerfiles.
 */
const handedIn = (program: string, User: string): Recipe => ({
  parts: undefined,
  config: { Entrypoint: [program], User },
});

/** By the last part of the repository: a fork's image is made as Mastodon's. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  mastodon: MASTODON,
  "mastodon-streaming": STREAMING,
  "nginx-unprivileged": NGINX,
  postgres: POSTGRES,
  cloudflared: CLOUDFLARED,
  "metrics-server": handedIn("/metrics-server", "65534"),
  coredns: handedIn("/coredns", "65532:65532"),
  pause: PAUSE,
  "doks-system": PAUSE,
};

/**
 * How the image of this name is made.
 * @throws Error for a name that nobody wrote a recipe for: a pod with it would wait for ever.
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
