import type { ResourceRule, StackRule } from "./rule.ts";
import { databaseFirewalls } from "./firewalls.ts";
import { imagesByDigest } from "./images.ts";
import { limits } from "./limits.ts";
import { copiedSecrets, namedSecrets } from "./open-secrets.ts";
import { queues } from "./queues.ts";
import { restrictedPods } from "./restricted-pods.ts";
import { services } from "./services.ts";
import { verifyFull, verifyFullEverywhere } from "./verify-full.ts";

/** Every rule over one resource, in the order of `docs/policies.md`. */
export const RESOURCE_RULES: readonly ResourceRule[] = [
  verifyFull,
  namedSecrets,
  restrictedPods,
  imagesByDigest,
];

/** Every rule over all resources, in the same order. */
export const STACK_RULES: readonly StackRule[] = [
  verifyFullEverywhere,
  copiedSecrets,
  databaseFirewalls,
  queues,
  services,
  limits,
];
