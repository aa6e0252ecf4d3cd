import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { MastodonFacts } from "../facts/mastodon/facts.ts";
import { PRIORITIES } from "../domain/priorities.ts";
import { FIXED_REPLICAS, RESOURCES } from "../domain/resources.ts";
import { ASSETS_HEALTH_PATH } from "../domain/static-paths.ts";
import { SERVICES } from "../config/topology.ts";
import type { Images } from "../config/images.ts";
import { assetsNginxConfig } from "./assets-nginx.ts";
import { findResolver, type MediaProxy } from "./media-nginx.ts";
import { rolledDeployment, type Rolled } from "./deployment.ts";
import { disruptionBudget } from "./disruption.ts";
import { apart, container, MASTODON_UID, metadataOf, pod, resourcesOf } from "./pod.ts";
import { service } from "./service.ts";

/** Arguments of the assets origin. */
export interface AssetsArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image, which contains the files, and nginx', which serves them. */
  readonly images: Pick<Images, "mastodon" | "nginx">;
  /** Static paths of that release, with the cache time of each. */
  readonly staticPaths: MastodonFacts["staticPaths"];
  /** Image of the previous release, whose files are served, too; undefined if there is none. */
  readonly previousImage: string | undefined;
  /** Hosts of media on Spaces; undefined if media is not on Spaces. */
  readonly media?: MediaProxy | undefined;
}

/** User of nginx's unprivileged image (nginx/docker-nginx-unprivileged, its Dockerfile). */
const NGINX_UID = 101;
const PUBLIC = "/srv/public";
const TEMPORARY = "/tmp";
const CONFIG_FOLDER = "/etc/nginx/conf";
const RESOLVER_FOLDER = "/etc/nginx/resolver";
const RESOLVER_FILE = `${RESOLVER_FOLDER}/resolver.conf`;
/** Seconds for which a terminating pod still answers, while its endpoint is removed. */
const LEAVE_SECONDS = 10;
/**
 * Seconds that nginx gives to running requests after SIGQUIT, its image's stop signal
 * (`worker_shutdown_timeout`).
 */
const SHUTDOWN_SECONDS = 20;

/**
 * The origin of static files behind the CDN: nginx serves the `public` folders of Mastodon's
 * images.
 */
export class Assets extends pulumi.ComponentResource {
  readonly rolled: Rolled;

  constructor(name: string, args: AssetsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Assets", name, {}, opts);
    const { namespace } = args;
    const config = new kubernetes.core.v1.ConfigMap(
      `${name}-nginx`,
      {
        metadata: metadataOf(namespace, "assets"),
        data: {
          "nginx.conf": assetsNginxConfig({
            port: SERVICES.assets.port,
            staticPaths: args.staticPaths,
            root: PUBLIC,
            temporary: TEMPORARY,
            shutdownSeconds: SHUTDOWN_SECONDS,
            media: args.media && { ...args.media, resolverFile: RESOLVER_FILE },
          }),
        },
      },
      { parent: this },
    );
    const rolled = rolledDeployment(
      name,
      {
        namespace,
        component: "assets",
        replicas: FIXED_REPLICAS.assets,
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        pod: this.#pod(config.metadata.name, args),
      },
      this,
    );
    this.rolled = rolled;
    service(name, { namespace, component: "assets" }, this);
    disruptionBudget(name, { namespace, component: "assets" }, this);
    this.registerOutputs({});
  }

  #pod(
    configMap: pulumi.Input<string>,
    { images, previousImage, media }: AssetsArgs,
  ): kubernetes.types.input.core.v1.PodSpec {
    const health = { httpGet: { path: ASSETS_HEALTH_PATH, port: "http" } };
    const copy = (name: string, image: string): kubernetes.types.input.core.v1.Container =>
      container(
        {
          name,
          image,
          // Copies the content of `public`, not the folder. The times of a volume's own folder
          // belong to root, so cp would fail to set them.
          args: ["sh", "-c", `cp -R --preserve=timestamps /opt/mastodon/public/* ${PUBLIC}`],
          volumeMounts: [{ name: "public", mountPath: PUBLIC }],
          resources: resourcesOf(RESOURCES.assets),
        },
        // The image's own user, which may read the files. nginx can't change what it serves.
        MASTODON_UID,
      );
    const resolver = media && resolverOfCluster(images.nginx);
    return pod(NGINX_UID, {
      initContainers: [
        // First, so that the current release's files without a hash overwrite the previous ones.
        ...(previousImage === undefined ? [] : [copy("copy-previous", previousImage)]),
        copy("copy-current", images.mastodon),
        ...(resolver === undefined ? [] : [resolver.find]),
      ],
      containers: [
        container({
          name: "nginx",
          image: images.nginx,
          // Not the image's entrypoint, which writes to /etc/nginx. `-e`: the compiled-in log is a
          // file there, and nginx opens it before it reads the configuration.
          command: ["nginx", "-e", "stderr", "-c", `${CONFIG_FOLDER}/nginx.conf`],
          ports: [{ name: "http", containerPort: SERVICES.assets.port }],
          readinessProbe: { ...health, periodSeconds: 5 },
          livenessProbe: { ...health, periodSeconds: 20 },
          lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } },
          volumeMounts: [
            { name: "public", mountPath: PUBLIC, readOnly: true },
            { name: "config", mountPath: CONFIG_FOLDER, readOnly: true },
            { name: "tmp", mountPath: TEMPORARY },
            ...(resolver === undefined ? [] : [{ ...resolver.mount, readOnly: true }]),
          ],
          resources: resourcesOf(RESOURCES.assets),
        }),
      ],
      volumes: [
        { name: "public", emptyDir: { sizeLimit: "1Gi" } },
        { name: "config", configMap: { name: configMap } },
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        ...(resolver === undefined ? [] : [resolver.volume]),
      ],
      // The time for running requests, and a moment for nginx to end.
      priorityClassName: PRIORITIES.serving.name,
      terminationGracePeriodSeconds: LEAVE_SECONDS + SHUTDOWN_SECONDS + 5,
      topologySpreadConstraints: apart("assets") ?? [],
    });
  }
}

/** An init container that writes the pod's DNS server to a file for nginx. */
function resolverOfCluster(image: string) {
  const mount = { name: "resolver", mountPath: RESOLVER_FOLDER };
  return {
    mount,
    volume: { name: "resolver", emptyDir: { sizeLimit: "1Mi" } },
    find: container({
      name: "find-resolver",
      image,
      command: ["sh", "-c", findResolver(RESOLVER_FILE)],
      volumeMounts: [mount],
      resources: resourcesOf(RESOURCES.assets),
    }),
  };
}
