/**
 * Identity of a resource: another one after a replacement. A Kubernetes object that is replaced
 * under its own name keeps its id (`namespace/name`), but not its uid.
 * @param type type token.
 */
export function identityOf(
  type: string,
  { id, outputs }: { readonly id?: string; readonly outputs?: Readonly<Record<string, unknown>> },
): string | undefined {
  if (!type.startsWith("kubernetes:")) return id;
  const { uid } = (outputs?.["metadata"] ?? {}) as { readonly uid?: unknown };
  return typeof uid === "string" && uid !== "" ? uid : id;
}
