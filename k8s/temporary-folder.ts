import type * as kubernetes from "@pulumi/kubernetes";
import { RESOURCES } from "../domain/resources.ts";
import { TEMPORARY_FOLDER, TEMPORARY_FOLDER_STEP } from "../domain/temporary-folder.ts";
import { container, resourcesOf } from "./pod.ts";

type Container = kubernetes.types.input.core.v1.Container;

/** The init container that creates the folder in an image's pod; `volume` is the one at `/tmp`. */
export function makeTemporaryFolder(image: string, volume: string): Container {
  return container({
    name: TEMPORARY_FOLDER_STEP,
    image,
    args: ["mkdir", "-p", "-m", "0700", TEMPORARY_FOLDER],
    volumeMounts: [{ name: volume, mountPath: "/tmp" }],
    resources: resourcesOf(RESOURCES.workFolder),
  });
}
