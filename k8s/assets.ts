import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FIXED_REPLICAS, RESOURCES } from "../config/resources.ts";
import { SERVICES } from "../config/topology.ts";
import { IMAGES, partsOf } from "../config/images.ts";
import {
  container,
  labelsOf,
  MASTODON_UID,
  metadataOf,
  pod,
  resourcesOf,
  selectorOf,
  serviceSpec,
  spread,
} from "./pod.ts";

/** What the assets origin needs. */
export interface AssetsArgs {
  readonly namespace: pulumi.Input<string>;
  /** The release whose files are served besides the current one's. */
  readonly previousVersion: string | undefined;
}

const PUBLIC = "/srv/public";

/**
 * Hashed names never change their content: a year, immutable. The rest for a day. A miss is never kept: during a rollout the file
 * may be there a second later (Cloudflare would keep a 404 without this header for three minutes, its "Cache by status code").
 */
const NGINX_CONFIG = `pid /tmp/nginx.pid;
worker_processes 1;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  sendfile on;
  gzip_static on;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen ${SERVICES.assets.port};
    root ${PUBLIC};
    add_header Access-Control-Allow-Origin "*" always;
    add_header X-Content-Type-Options "nosniff" always;
    error_page 404 @missing;
    location @missing {
      add_header Access-Control-Allow-Origin "*" always;
      add_header Cache-Control "no-store" always;
      return 404;
    }
    location = /healthz { return 200 "ok"; }
    # The service worker belongs to the web host's origin alone.
    location = /sw.js { return 404; }
    location ~ "^/(packs/(?!sw\\.js|\\.vite)|assets/.*-[0-9a-f]{8,}\\.)" {
      add_header Access-Control-Allow-Origin "*" always;
      add_header X-Content-Type-Options "nosniff" always;
      add_header Cache-Control "public, max-age=31536000, immutable";
      try_files $uri =404;
    }
    location / {
      add_header Access-Control-Allow-Origin "*" always;
      add_header X-Content-Type-Options "nosniff" always;
      add_header Cache-Control "public, max-age=86400";
      try_files $uri =404;
    }
  }
}
`;

/** The static files' origin, behind the CDN: the images' own `public` folders, served by nginx. */
export class Assets extends pulumi.ComponentResource {
  readonly deployment: kubernetes.apps.v1.Deployment;

  constructor(name: string, args: AssetsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Assets", name, {}, opts);
    const { namespace } = args;
    const config = new kubernetes.core.v1.ConfigMap(
      `${name}-nginx`,
      { metadata: metadataOf(namespace, "assets"), data: { "nginx.conf": NGINX_CONFIG } },
      { parent: this },
    );
    this.deployment = new kubernetes.apps.v1.Deployment(
      name,
      {
        metadata: metadataOf(namespace, "assets", "assets"),
        spec: {
          replicas: FIXED_REPLICAS.assets,
          selector: { matchLabels: selectorOf("assets") },
          strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: {
            metadata: { labels: labelsOf("assets") },
            spec: this.#pod(config.metadata.name, args.previousVersion),
          },
        },
      },
      { parent: this },
    );
    new kubernetes.core.v1.Service(
      `${name}-service`,
      {
        metadata: metadataOf(namespace, "assets", SERVICES.assets.name),
        spec: serviceSpec("assets"),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }

  #pod(
    configMap: pulumi.Input<string>,
    previousVersion: string | undefined,
  ): kubernetes.types.input.core.v1.PodSpec {
    const health = { httpGet: { path: "/healthz", port: "http" } };
    const copy = (name: string, image: string): kubernetes.types.input.core.v1.Container =>
      container({
        name,
        image,
        // The content of `public`, not the folder: the times of a volume's own folder are root's to set, and cp would fail there.
        args: ["sh", "-c", `cp -R --preserve=timestamps /opt/mastodon/public/* ${PUBLIC}`],
        volumeMounts: [{ name: "public", mountPath: PUBLIC }],
        resources: resourcesOf(RESOURCES.assets),
      });
    return pod(MASTODON_UID, {
      initContainers: [
        // First, so that the current release's unhashed files win.
        ...(previousVersion === undefined
          ? []
          : [copy("copy-previous", `${partsOf(IMAGES.mastodon).repository}:${previousVersion}`)]),
        copy("copy-current", IMAGES.mastodon),
      ],
      containers: [
        container({
          name: "nginx",
          image: IMAGES.nginx,
          command: ["nginx", "-c", "/etc/nginx/conf/nginx.conf", "-g", "daemon off;"],
          ports: [{ name: "http", containerPort: SERVICES.assets.port }],
          readinessProbe: { ...health, periodSeconds: 5 },
          livenessProbe: { ...health, periodSeconds: 20 },
          volumeMounts: [
            { name: "public", mountPath: PUBLIC, readOnly: true },
            { name: "config", mountPath: "/etc/nginx/conf", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
          resources: resourcesOf(RESOURCES.assets),
        }),
      ],
      volumes: [
        { name: "public", emptyDir: { sizeLimit: "1Gi" } },
        { name: "config", configMap: { name: configMap } },
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      ],
      topologySpreadConstraints: spread("assets") ?? [],
    });
  }
}
