import type { V1Service } from "@kubernetes/client-node";
import { selectorOf } from "../../k8s/pod.ts";

/** A Service without a working pod, and the expected message of `checkEndpoints`. */
export interface BrokenService {
  readonly service: V1Service;
  readonly sign: string;
}

/** One for each reason. */
export const BROKEN_SERVICES: readonly BrokenService[] = [
  {
    service: {
      metadata: { name: "broken-selector" },
      spec: { selector: selectorOf("nowhere"), ports: [{ name: "http", port: 80 }] },
    },
    sign: "broken-selector leads to no ready pod",
  },
  {
    service: {
      metadata: { name: "broken-target" },
      spec: {
        selector: selectorOf("assets"),
        ports: [{ name: "http", port: 80, targetPort: "nowhere" }],
      },
    },
    sign: "broken-target",
  },
];
