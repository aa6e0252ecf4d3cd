/** Model of a picture of all connections. */

/** One end of a connection. */
export interface Box {
  readonly id: string;
  readonly title: string;
  /** Small text at the title's end: a port, a count. */
  readonly aside?: string | undefined;
  /** Its description, one point a line; long lines are wrapped. */
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
  /** The path of a visitor, in order. Each box except the first is called by the one above. */
  readonly entry: readonly Box[];
  /** The cluster: boxes that run together, in a frame of its own. */
  readonly frame: {
    readonly title: string;
    readonly lines: readonly string[];
    readonly boxes: readonly Box[];
  };
  /** Databases and other targets of the frame's boxes. */
  readonly targets: readonly Box[];
  readonly links: readonly Link[];
}
