import type { Properties } from "../providers/provider.ts";

/**
 * An object of the simulated clouds. Values are plain here, because the cloud knows its secrets.
 */
export interface CloudObject {
  readonly type: string;
  readonly id: string;
  /** All properties, set by the program or given by the cloud. The world changes them in place. */
  properties: Properties;
  /** The program deleted the resource, but its delete sends no request: the object still exists. */
  forgotten?: true;
  /** Settles when it runs; unset once it does. Until then a cloud shows it as "creating". */
  creating?: Promise<void>;
  /** Create timeout from the provider's state, in real seconds. An update uses it, too. */
  createTimeout?: number;
  /** The API's word for a change in progress, as `resizing`; unset when it is done. */
  changing?: string;
}
