/** Names an object. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for kinds without a namespace. */
  readonly namespace: string;
}
