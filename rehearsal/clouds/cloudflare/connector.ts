/** A connector that is connected. */
export interface Connector {
  readonly id: string;
  /** Address from which it came. */
  readonly originIp: string;
  readonly openedAt: string;
}
