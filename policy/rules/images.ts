import { podsOf } from "./objects.ts";
import type { ResourceRule } from "./rule.ts";

/** Each image is named by its digest. */
export const imagesByDigest: ResourceRule = {
  name: "images-by-digest",
  level: "advisory",
  says: "Each image is named by its digest: its owner can move a tag to other content. `npm run images -- pin` writes it.",
  check: (resource) =>
    (podsOf(resource)?.containers ?? [])
      .filter(({ image }) => !/@sha256:[0-9a-f]{64}$/u.test(image))
      .map(({ name }) => `${name} has an image without a digest. Write it: npm run images -- pin`),
};
