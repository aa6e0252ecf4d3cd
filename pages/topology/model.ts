/** The model of a picture of who talks to whom. Pure data. */

/** Something that talks or is talked to. */
export interface Box {
  readonly id: string;
  readonly title: string;
  /** In small at the title's end: a port, a count. */
  readonly aside?: string | undefined;
  /** Its description, a thought each; long ones are wrapped. */
  readonly lines: readonly string[];
}

/** One box calls another. */
export interface Link {
  readonly from: string;
  readonly to: string;
  /** Ports and protocol, for the picture's text. */
  readonly says: string;
}

/** Three groups of boxes, from the visitor to the data. */
export interface Topology {
  readonly title: string;
  /** The way of a visitor, in order. Each but the first is called by the one above. */
  readonly entry: readonly Box[];
  /** The cluster: boxes that run together, in a frame of its own. */
  readonly frame: {
    readonly title: string;
    readonly lines: readonly string[];
    readonly boxes: readonly Box[];
  };
  /** Databases and others that are called from in there. */
  readonly targets: readonly Box[];
  readonly links: readonly Link[];
}
