import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import type { AttachedProvider, CheckFailure, DiffResult, Properties } from "../provider.ts";
import { hasUnknown, reveal, UNKNOWN } from "../values.ts";
import { clusterOf, type CredentialsFor } from "./client.ts";
import { ConfiguredKubernetes } from "./configured.ts";

/** What the provider stands on. */
export interface KubernetesProviderOptions {
  readonly credentialsFor: CredentialsFor;
  /**
   * Whether a cluster that can't be reached takes its objects out of the state: `PULUMI_K8S_DELETE_UNREACHABLE` of the run, asked anew each
   * time (pulumi-kubernetes `provider/pkg/provider/provider.go`).
   */
  readonly deleteUnreachable: () => boolean;
}

/** What the provider may be configured with; anything else would be ignored here and not in production. */
const OPTIONS: ReadonlySet<string> = new Set([
  "kubeconfig",
  "clusterIdentifier",
  "version",
  "pluginDownloadURL",
  "__internal",
]);

const UNCHANGED: DiffResult = {
  changes: false,
  replaces: [],
  deleteBeforeReplace: false,
  detailed: {},
};

const require = createRequire(import.meta.url);

/**
 * Stands in for pulumi-kubernetes against a real API server: server-side apply, the server's own refusals, replacement and waiting as the
 * real one has them. It differs where it says so: it fails refused pods at once, and knows only the kinds in `kinds.ts`.
 */
export function kubernetesProvider(options: KubernetesProviderOptions): AttachedProvider {
  const { version } = require("@pulumi/kubernetes/package.json") as { readonly version: string };
  return {
    name: "kubernetes",
    version,
    async checkConfig(news) {
      const failures = Object.keys(news)
        .filter((key) => !OPTIONS.has(key))
        .map((key): CheckFailure => ({
          property: key,
          reason: `The rehearsal's kubernetes provider does not know the option ${key}; add what it does to provider.ts.`,
        }));
      return { inputs: news, failures };
    },
    async diffConfig(olds, news) {
      return diffOfConfig(olds, news);
    },
    async configure(config) {
      const kubeconfig = reveal(config["kubeconfig"]);
      // Unknown in the first preview: the cluster is yet to be. Then objects are checked and named, and nothing is asked.
      const known = typeof kubeconfig === "string" && !hasUnknown(kubeconfig);
      return new ConfiguredKubernetes({
        kubeconfig: known ? kubeconfig : undefined,
        credentialsFor: options.credentialsFor,
        deleteUnreachable: options.deleteUnreachable,
        newFieldManager: () => `pulumi-kubernetes-${randomBytes(4).toString("hex")}`,
      });
    },
  };
}

/**
 * Another cluster replaces the provider and so everything in it; the same cluster with another credential does not.
 * `clusterIdentifier` decides where it is set and known (pulumi-kubernetes `provider.go`, DiffConfig).
 */
export function diffOfConfig(olds: Properties, news: Properties): DiffResult {
  const [oldText, newText] = [reveal(olds["kubeconfig"]), reveal(news["kubeconfig"])];
  const [oldId, newId] = [olds["clusterIdentifier"], news["clusterIdentifier"]];
  if (oldText === newText && oldId === newId) return UNCHANGED;
  const identified = oldId !== undefined && newId !== undefined;
  const other = identified ? newId === UNKNOWN || oldId !== newId : isOther(oldText, newText);
  const key = identified && oldId !== newId ? "clusterIdentifier" : "kubeconfig";
  return {
    changes: true,
    replaces: other ? [key] : [],
    deleteBeforeReplace: false,
    detailed: { [key]: other ? "update-replace" : "update" },
  };
}

function isOther(olds: unknown, news: unknown): boolean {
  if (typeof olds !== "string" || typeof news !== "string") return true;
  return clusterOf(olds).server !== clusterOf(news).server;
}
