import type { Properties } from "../providers/provider.ts";

/** An object of the simulated clouds. Values are plain here: the world is the cloud, and the cloud knows its secrets. */
export interface CloudObject {
  readonly type: string;
  readonly id: string;
  /** All properties, set and given by the cloud. Changed in place by the world. */
  properties: Properties;
  /** The program no longer has it, and its delete called nothing: the cloud has it still. */
  forgotten?: true;
  /** Settles when it runs; missing once it does. A cloud shows it as "creating" until then. */
  creating?: Promise<void>;
  /**
   * The create timeout that the provider's state remembers, in real seconds: an update waits by it,
   * too.
   */
  createTimeout?: number;
  /** The API's word for a change that goes on, as `resizing`; missing when it is done. */
  changing?: string;
}
