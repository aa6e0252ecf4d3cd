import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCES } from "../domain/resources.ts";
import { container, labelsOf, pod, resourcesOf } from "./pod.ts";

/**
 * Namespace and names of its objects, as upstream's (kubernetes-sigs/metrics-server
 * `manifests/base`, and its chart's values). Tools know them, and a cluster has one set.
 */
const NAMESPACE = "kube-system";
const NAME = "metrics-server";
const PORT = 10_250;
/** User of its image, as in upstream's manifests. */
const METRICS_SERVER_UID = 1_000;

const LABELS = { ...labelsOf(NAME), "k8s-app": NAME };
const SELECTOR = { "k8s-app": NAME };

/** Arguments of metrics-server. */
export interface MetricsServerArgs {
  readonly image: string;
}

/**
 * Measures CPU and memory of pods and nodes, for HorizontalPodAutoscalers and `kubectl top`. DOKS
 * has none of its own. If DigitalOcean's 1-click one exists, creating this one fails ("already
 * exists"); then set `cluster.metricsServer` to `present`.
 */
export class MetricsServer extends pulumi.ComponentResource {
  constructor(name: string, args: MetricsServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:MetricsServer", name, {}, opts);
    const account = this.#permissions(name);
    const deployment = new kubernetes.apps.v1.Deployment(
      name,
      {
        metadata: { namespace: NAMESPACE, name: NAME, labels: LABELS },
        spec: {
          // While it is down nothing is scaled and nothing breaks, so one pod is enough.
          replicas: 1,
          selector: { matchLabels: SELECTOR },
          strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: { metadata: { labels: LABELS }, spec: this.#pod(args.image, account) },
        },
      },
      // Time to pull an image on a new node, and half a minute to become ready. No step of the
      // release checks it.
      { parent: this, customTimeouts: { create: "4m", update: "4m" } },
    );
    const service = new kubernetes.core.v1.Service(
      `${name}-service`,
      {
        metadata: { namespace: NAMESPACE, name: NAME, labels: LABELS },
        spec: {
          selector: SELECTOR,
          ports: [{ name: "https", port: 443, targetPort: "https" }],
        },
      },
      { parent: this },
    );
    new kubernetes.apiregistration.v1.APIService(
      `${name}-api`,
      {
        metadata: { name: "v1beta1.metrics.k8s.io", labels: LABELS },
        spec: {
          group: "metrics.k8s.io",
          version: "v1beta1",
          service: { namespace: NAMESPACE, name: service.metadata.name },
          groupPriorityMinimum: 100,
          versionPriority: 100,
          // It creates its certificate at each start, so there is none to pin. Upstream does the
          // same.
          insecureSkipTLSVerify: true,
        },
      },
      // An API without a server makes `kubectl` print errors, and namespaces can't be deleted.
      { parent: this, dependsOn: [deployment] },
    );
    this.registerOutputs({});
  }

  /**
   * Permissions to read pods, nodes and the kubelets' metrics, and to let the API server
   * authenticate clients. Returns the account's name.
   */
  #permissions(name: string): pulumi.Output<string> {
    const account = new kubernetes.core.v1.ServiceAccount(
      `${name}-account`,
      {
        metadata: { namespace: NAMESPACE, name: NAME, labels: LABELS },
        automountServiceAccountToken: false,
      },
      { parent: this },
    ).metadata.name;
    const subjects = [{ kind: "ServiceAccount", name: account, namespace: NAMESPACE }];
    const apiGroup = "rbac.authorization.k8s.io";
    const reader = new kubernetes.rbac.v1.ClusterRole(
      `${name}-reader`,
      {
        metadata: { name: "system:metrics-server", labels: LABELS },
        rules: [
          { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
          { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
        ],
      },
      { parent: this },
    );
    new kubernetes.rbac.v1.ClusterRoleBinding(
      `${name}-reader-binding`,
      {
        metadata: { name: "system:metrics-server", labels: LABELS },
        roleRef: { apiGroup, kind: "ClusterRole", name: reader.metadata.name },
        subjects,
      },
      { parent: this },
    );
    new kubernetes.rbac.v1.ClusterRoleBinding(
      `${name}-delegator-binding`,
      {
        metadata: { name: "metrics-server:system:auth-delegator", labels: LABELS },
        roleRef: { apiGroup, kind: "ClusterRole", name: "system:auth-delegator" },
        subjects,
      },
      { parent: this },
    );
    new kubernetes.rbac.v1.RoleBinding(
      `${name}-auth-reader-binding`,
      {
        metadata: { namespace: NAMESPACE, name: "metrics-server-auth-reader", labels: LABELS },
        roleRef: { apiGroup, kind: "Role", name: "extension-apiserver-authentication-reader" },
        subjects,
      },
      { parent: this },
    );
    // Everyone who may view the server's objects may also view their metrics.
    new kubernetes.rbac.v1.ClusterRole(
      `${name}-viewers`,
      {
        metadata: {
          name: "system:aggregated-metrics-reader",
          labels: {
            ...LABELS,
            "rbac.authorization.k8s.io/aggregate-to-view": "true",
            "rbac.authorization.k8s.io/aggregate-to-edit": "true",
            "rbac.authorization.k8s.io/aggregate-to-admin": "true",
          },
        },
        rules: [
          {
            apiGroups: ["metrics.k8s.io"],
            resources: ["pods", "nodes"],
            verbs: ["get", "list", "watch"],
          },
        ],
      },
      { parent: this },
    );
    return account;
  }

  #pod(image: string, account: pulumi.Input<string>): kubernetes.types.input.core.v1.PodSpec {
    const ready = { httpGet: { path: "/readyz", port: "https", scheme: "HTTPS" } };
    return pod(METRICS_SERVER_UID, {
      serviceAccountName: account,
      // It needs the cluster's API. In the namespace only the two `rollout` steps do.
      automountServiceAccountToken: true,
      containers: [
        container({
          name: NAME,
          image,
          args: [
            "--cert-dir=/tmp",
            `--secure-port=${PORT}`,
            "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
            "--kubelet-use-node-status-port",
            "--metric-resolution=15s",
          ],
          ports: [{ name: "https", containerPort: PORT }],
          // Ready after two rounds of scraping the kubelets, which takes 15 s; upstream waits 20 to
          // 30.
          startupProbe: {
            ...ready,
            periodSeconds: 1,
            // It is unready while no kubelet answers, which is not its fault. So a restart comes
            // last.
            failureThreshold: 300,
          },
          readinessProbe: { ...ready, periodSeconds: 10 },
          livenessProbe: {
            httpGet: { path: "/livez", port: "https", scheme: "HTTPS" },
            periodSeconds: 10,
          },
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
          resources: resourcesOf(RESOURCES.metricsServer),
        }),
      ],
      volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
      // Upstream's own. Without it this pod would be evicted first when room is short, which is
      // when an autoscaler needs it.
      priorityClassName: "system-cluster-critical",
    });
  }
}
