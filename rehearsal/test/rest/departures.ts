/**
 * A place where the rehearsal's answers, or the requests of clients, differ from DigitalOcean's
 * description.
 */
export interface Departure {
  /** Method and path as in the table of operations. */
  readonly operation: string;
  readonly side: "request" | "answer";
  /** The place in the body, as a JSON pointer with `*` for any index. */
  readonly at: string;
  /** Name of a property that the description does not have, or requires. */
  readonly property?: string;
  readonly because: string;
}

/** In each of these DigitalOcean's own clients differ from the description. */
export const DEPARTURES: readonly Departure[] = [
  ...["GET /v2/tags", "GET /v2/tags/{tag_id}", "POST /v2/tags"].map((operation): Departure => ({
    operation,
    side: "answer",
    at: operation === "GET /v2/tags" ? "/tags/*/resources" : "/tag/resources",
    property: "images",
    because: "the description writes imgages; godo v1.202.0 `tags.go` reads images",
  })),
  {
    operation: "GET /v2/databases/{database_cluster_uuid}/autoscale",
    side: "answer",
    at: "",
    property: "storage",
    because: "godo v1.202.0 `databases.go` reads it without `autoscale` around it; both are sent",
  },
  {
    operation: "GET /v2/spaces/keys/{access_key}",
    side: "answer",
    at: "",
    property: "key",
    because: "godo v1.202.0 `spaces_keys.go` reads key, the description has keys; both are sent",
  },
  ...(["POST", "DELETE"] as const).map((method): Departure => ({
    operation: `${method} /v2/tags/{tag_id}/resources`,
    side: "request",
    at: "/resources/*/resource_type",
    because: "the provider tags databases so; the description has no such type",
  })),
  {
    operation: "POST /v2/uptime/checks",
    side: "request",
    at: "",
    property: "method",
    because: "the description asks for a method, has no such property, and calls it type",
  },
];
