import type { Line } from "./line.ts";
import { account, accountScope, dropletLimit, tokens } from "./lines/account.ts";
import { backup, database, edge, nodeinfo, streaming, webfinger } from "./lines/after-up.ts";
import { clock } from "./lines/clock.ts";
import { cloudflareToken, permissions, r2 } from "./lines/cloudflare.ts";
import { configuration } from "./lines/configuration.ts";
import { githubBackend, githubEnvironments, githubMain, githubSecrets } from "./lines/github.ts";
import { images } from "./lines/images.ts";
import { leftOvers } from "./lines/left-overs.ts";
import { mailPort } from "./lines/mail.ts";
import { alertEmails, spacesKeys } from "./lines/people.ts";
import { doctl, node, pulumi } from "./lines/programs.ts";
import { kubernetesVersion, region } from "./lines/region.ts";
import { scopes } from "./lines/scopes.ts";
import { escrow, passphrase, secrets } from "./lines/secrets.ts";
import { lock, stateBackend } from "./lines/state.ts";
import { hosts, plan, zone } from "./lines/zone.ts";

/** Every line of `npm run doctor`, by number. */
export const LINES: readonly Line[] = [
  node,
  pulumi,
  doctl,
  tokens,
  scopes,
  accountScope,
  account,
  dropletLimit,
  region,
  kubernetesVersion,
  alertEmails,
  spacesKeys,
  leftOvers,
  cloudflareToken,
  zone,
  plan,
  permissions,
  r2,
  hosts,
  stateBackend,
  lock,
  passphrase,
  secrets,
  clock,
  images,
  configuration,
  githubSecrets,
  githubBackend,
  githubEnvironments,
  githubMain,
  edge,
  nodeinfo,
  webfinger,
  streaming,
  database,
  backup,
  mailPort,
  escrow,
];
