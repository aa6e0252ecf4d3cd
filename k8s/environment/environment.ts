import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackSecrets } from "../../config/secret-keys/values.ts";
import type { StackConfig } from "../../config/schema.ts";
import {
  CA_FOLDER,
  direct,
  pooled,
  railsDatabases,
  streamingDatabases,
  type DatabaseAccess,
  type RedisAccess,
  type ReplicaAccess,
} from "./databases.ts";
import { extra } from "./extra.ts";
import { media, mediaPurge, type MediaKey } from "./media.ts";
import { push, rows } from "./rows.ts";
import { sidekiqMetrics, webMetrics } from "./metrics.ts";
import { together, type Variables } from "./variables.ts";
import { metadataOf } from "../pod.ts";

type EnvVar = kubernetes.types.input.core.v1.EnvVar;
type EnvFromSource = kubernetes.types.input.core.v1.EnvFromSource;
type Volume = kubernetes.types.input.core.v1.Volume;
type VolumeMount = kubernetes.types.input.core.v1.VolumeMount;

/** Arguments of the environment. */
export interface EnvironmentArgs extends RedisAccess {
  readonly namespace: pulumi.Input<string>;
  readonly config: StackConfig;
  readonly secrets: StackSecrets;
  readonly postgres: DatabaseAccess;
  /** Optional: a replica for reads that may be a moment late. */
  readonly replica: ReplicaAccess | undefined;
  /** Key of the bucket that Mastodon uses; undefined if uploads are refused. */
  readonly mediaKey: MediaKey | undefined;
  /** Secret of the Worker that purges deleted files; undefined if there is none. */
  readonly mediaPurgeSecret: pulumi.Input<string> | undefined;
}

/** Variables of one kind of process, in addition to those of all Rails processes. */
export interface ProcessEnvironment {
  readonly from: readonly EnvFromSource[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Environment of Mastodon's processes, for each kind only its own: the ConfigMaps and Secrets, and
 * the database's CA. Their names change with their content, so a changed value rolls the pods that
 * use it. The content comes from the rows of `domain/variables`, and from `environment/` if it
 * depends on more than the configuration.
 */
export class Environment extends pulumi.ComponentResource {
  /** Web and Sidekiq: Rails, through the transaction pool. */
  readonly rails: readonly EnvFromSource[];
  /** Migrations and other Jobs: Rails, on the direct port. */
  readonly railsDirect: readonly EnvFromSource[];
  /** Only the direct port and the database's name, for a Job that tests both ports. */
  readonly direct: EnvFromSource;
  /** Web's own variables, for sign-in and for subscriptions to notifications. */
  readonly web: ProcessEnvironment;
  /** Sidekiq's own variables, for sending mail and notifications. */
  readonly sidekiq: ProcessEnvironment;
  /** Streaming: its own role, none of Mastodon's secrets. */
  readonly streaming: readonly EnvFromSource[];
  /** Only the role: `DB_USER` and `DB_PASS`, for the check of its login. */
  readonly streamingRole: readonly EnvVar[];
  /** The CA as a volume, for all of them. */
  readonly caVolume: Volume;
  readonly caMount: VolumeMount;

  constructor(name: string, args: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Environment", name, {}, opts);
    const { namespace, config, secrets, postgres, replica } = args;
    const configMap = (role: string, { plain }: Variables): EnvFromSource => ({
      configMapRef: { name: this.#configMap(`${name}-${role}`, namespace, plain) },
    });
    const secret = (role: string, values: Variables["secret"]): EnvFromSource => ({
      secretRef: { name: this.#secret(`${name}-${role}-secret`, namespace, values) },
    });

    const rails = together([
      rows("rails", config, secrets),
      railsDatabases(postgres, args),
      media(config, args.mediaKey),
      extra("rails", config),
    ]);
    const common = configMap("rails", rails);
    const application = secret("application", rails.secret);
    this.rails = [common, configMap("pooled", pooled(postgres, replica)), application];
    this.direct = configMap("direct", direct(postgres));
    this.railsDirect = [common, this.direct, application];
    /**
     * Sources of variables that only one kind of process reads; empty if there are no such
     * variables.
     */
    const besides = (role: string, variables: Variables): readonly EnvFromSource[] => [
      ...(isEmpty(variables.plain) ? [] : [configMap(role, variables)]),
      ...(isEmpty(variables.secret) ? [] : [secret(role, variables.secret)]),
    ];
    const notifying = secret("push", push(secrets));
    this.web = {
      from: [notifying, ...besides("web", rows("web", config, secrets))],
      env: webMetrics(config),
    };
    this.sidekiq = {
      from: [
        notifying,
        ...besides(
          "sidekiq",
          together([rows("sidekiq", config, secrets), mediaPurge(args.mediaPurgeSecret)]),
        ),
      ],
      env: sidekiqMetrics(config),
    };
    const streaming = together([streamingDatabases(postgres, args), extra("streaming", config)]);
    const plain = this.#configMap(`${name}-streaming`, namespace, streaming.plain);
    const hidden = this.#secret(`${name}-streaming-secret`, namespace, streaming.secret);
    this.streaming = [{ configMapRef: { name: plain } }, { secretRef: { name: hidden } }];
    this.streamingRole = [
      { name: "DB_USER", valueFrom: { configMapKeyRef: { name: plain, key: "DB_USER" } } },
      { name: "DB_PASS", valueFrom: { secretKeyRef: { name: hidden, key: "DB_PASS" } } },
    ];
    this.caVolume = {
      name: "ca",
      secret: {
        secretName: this.#secret(`${name}-ca-secret`, namespace, {
          "do-internal.crt": postgres.caCertificate,
        }),
      },
    };
    this.caMount = { name: "ca", mountPath: CA_FOLDER, readOnly: true };
    this.registerOutputs({});
  }

  #configMap(
    name: string,
    namespace: pulumi.Input<string>,
    data: Variables["plain"],
  ): pulumi.Output<string> {
    return new kubernetes.core.v1.ConfigMap(
      name,
      { metadata: metadataOf(namespace, "environment"), data },
      { parent: this },
    ).metadata.name;
  }

  #secret(
    name: string,
    namespace: pulumi.Input<string>,
    stringData: Variables["secret"],
  ): pulumi.Output<string> {
    return new kubernetes.core.v1.Secret(
      name,
      { metadata: metadataOf(namespace, "environment"), stringData },
      { parent: this },
    ).metadata.name;
  }
}

function isEmpty(values: Variables["plain"]): boolean {
  return Object.keys(values).length === 0;
}
