import { planStack } from "./plan/plan-stack.ts";
import { renderObjects } from "./plan/render.ts";

/** `npm run render`: the Kubernetes objects of production as YAML, secrets masked, nothing contacted. */
process.stdout.write(renderObjects(await planStack()));
