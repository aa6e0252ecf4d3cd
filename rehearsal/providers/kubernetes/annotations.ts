import type { Properties } from "../provider.ts";
import { reveal } from "../values.ts";
import { annotationsOf } from "./autoname.ts";

/** What an object's `pulumi.com/*` annotations ask of the provider. */
export interface Wishes {
  /** Don't wait for readiness. */
  readonly skipAwait: boolean;
  /** How long to wait; undefined: the default of the kind. */
  readonly timeoutSeconds: number | undefined;
  /** Replace it if it failed, instead of waiting for what won't come. */
  readonly replaceUnready: boolean;
  /** Take over fields that another manager owns. */
  readonly patchForce: boolean;
}

const PREFIX = "pulumi.com/";
const KNOWN: ReadonlySet<string> = new Set(
  ["autonamed", "skipAwait", "timeoutSeconds", "replaceUnready", "patchForce"].map(
    (name) => `${PREFIX}${name}`,
  ),
);

/**
 * Reads them.
 * @throws for one that the rehearsal doesn't know: it would do nothing here and something in production; and for a time that is none:
 * waiting until "soon" would never end.
 */
export function wishesOf(inputs: Properties): Wishes {
  const annotations = annotationsOf(inputs);
  const unknown = Object.keys(annotations).find(
    (name) => name.startsWith(PREFIX) && !KNOWN.has(name),
  );
  if (unknown !== undefined)
    throw new Error(
      `The rehearsal does not know the annotation ${unknown}; it would do nothing here and something in production. Add it to annotations.ts.`,
    );
  const isTrue = (name: string): boolean => annotations[`${PREFIX}${name}`] === "true";
  const timeout = reveal(annotations[`${PREFIX}timeoutSeconds`]);
  if (timeout !== undefined && !/^[1-9]\d*$/u.test(String(timeout)))
    throw new Error(
      `The annotation ${PREFIX}timeoutSeconds is ${JSON.stringify(timeout)}; it must be a whole number of seconds above 0, like "600".`,
    );
  return {
    skipAwait: isTrue("skipAwait"),
    timeoutSeconds: timeout === undefined ? undefined : Number(timeout),
    replaceUnready: isTrue("replaceUnready"),
    patchForce: isTrue("patchForce"),
  };
}
