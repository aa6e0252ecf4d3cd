/** A connected connector of a tunnel. */
export interface Connector {
  readonly id: string;
  /** Address from which it connected. */
  readonly originIp: string;
  readonly openedAt: string;
}
