import { ONCE, type Clouds } from "../recover/clouds.ts";
import { lookupOf } from "../recover/finders.ts";
import { ask, reasonOf } from "../recover/presence.ts";
import { secretInState, type Properties, type StateResource } from "../recover/state.ts";
import { makesBuckets } from "../recover/types.ts";
import type { Look } from "./seen.ts";
import type { Marks, Planned } from "./planned.ts";

/**
 * Buckets at DigitalOcean Spaces. Only S3 lists them, and only the program's own key opens them.
 * Its secret is shown once, and no cluster stores it. So the adoption creates another key, with
 * which the next refresh reads the buckets.
 */

/** The program's own provider, which has the key. */
export const SPACES_PROVIDER = "pulumi:providers:digitalocean";

/**
 * Inputs that form the import id of resources that only S3 lists
 * (digitalocean/terraform-provider-digitalocean v2.99.1 `resource_spaces_bucket.go`,
 * `resource_spaces_bucket_cors_configuration.go`). The refresh drops missing ones.
 */
const IMPORTED_BY: Readonly<Record<string, readonly string[]>> = {
  "digitalocean:index/spacesBucket:SpacesBucket": ["region", "name"],
  "digitalocean:index/spacesBucketCorsConfiguration:SpacesBucketCorsConfiguration": [
    "region",
    "bucket",
  ],
};

/** Import id of a resource that only S3 lists; undefined for any other type. */
export function s3Id({ type, inputs }: Planned, marks: Marks): string | undefined {
  return IMPORTED_BY[type]?.map((key) => String(marks.in(inputs[key]))).join(",");
}

/** Result for a key whose secret is lost: one that creates buckets is replaced at once. */
export function orAnotherKey(look: Look & { readonly word: "none" }): Look {
  return makesBuckets(look.planned) ? { ...look, word: "key" } : look;
}

/** Creates each key that needs replacing. @throws Error if DigitalOcean creates none. */
export async function withKeysMade(
  looks: readonly Look[],
  marks: Marks,
  { digitalocean, patience }: Clouds,
): Promise<readonly Look[]> {
  const made: Look[] = [];
  for (const look of looks) {
    const { planned } = look;
    const toldOnce = lookupOf(planned.type)?.toldOnce;
    if (look.word !== "key" || toldOnce === undefined) {
      made.push(look);
      continue;
    }
    const { name, grants } = marks.in(planned.inputs);
    const answer = await ask(
      () => digitalocean.spaces.keys.post({ name, grants }, { options: [ONCE] }) as Promise<Made>,
      patience,
    );
    if (answer.kind !== "value")
      throw new Error(
        `DigitalOcean makes no key for ${planned.name}: ${reasonOf(answer)}. The state was not written. The token needs spaces_key:create_credentials; then run \`npm run state -- adopt\` again.`,
      );
    const { accessKey: id, secretKey } = answer.value.key;
    marks.set(planned.idMark, id);
    const known = toldOnce.outputsWith(id, secretKey);
    made.push({ planned, word: "there", id, candidate: { id, importId: id }, known });
  }
  return made;
}

interface Made {
  readonly key: { readonly accessKey: string; readonly secretKey: string };
}

/** Inputs of the provider in a state that has the key. */
export function providerInputs(
  { inputs }: Planned,
  marks: Marks,
  resources: readonly StateResource[],
  version: string | undefined,
): Properties {
  const given = marks.in(inputs);
  const key = resources.find(({ id }) => id !== undefined && id === given["spacesAccessId"]);
  return { ...given, spacesSecretKey: key?.outputs?.["secretKey"] ?? secretInState(""), version };
}
