import type { R2Store } from "../clouds/cloudflare/r2-store.ts";

/** Text for XML. */
export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** An ETag as an element. */
export const etagElement = (etag: string): string => `<ETag>&quot;${etag}&quot;</ETag>`;

/** One page of a list (ListObjectsV2): keys, and prefixes up to a delimiter. */
export function listing(store: R2Store, bucket: string, query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const most = Number(query.get("max-keys") ?? 1_000);
  // A client may ask for keys in the form that they have in a URL.
  const written = (key: string): string =>
    query.get("encoding-type") === "url"
      ? encodeURIComponent(key).replaceAll("%2F", "/")
      : escaped(key);
  const folders = new Set<string>();
  const files: string[] = [];
  let last = "";
  let truncated = false;
  for (const [key, { size, etag, modified }] of store.list(bucket, prefix)) {
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const shown = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (shown <= after || folders.has(shown)) continue;
    truncated = folders.size + files.length === most;
    if (truncated) break;
    last = shown;
    if (cut >= 0) folders.add(shown);
    else
      files.push(
        `<Contents><Key>${written(key)}</Key><Size>${size}</Size><LastModified>${modified.toISOString()}</LastModified>${etagElement(etag)}<StorageClass>STANDARD</StorageClass></Contents>`,
      );
  }
  return `<ListBucketResult><Name>${bucket}</Name><Prefix>${written(prefix)}</Prefix><MaxKeys>${most}</MaxKeys><KeyCount>${folders.size + files.length}</KeyCount><IsTruncated>${truncated}</IsTruncated>${
    truncated ? `<NextContinuationToken>${escaped(last)}</NextContinuationToken>` : ""
  }${files.join("")}${[...folders]
    .map((each) => `<CommonPrefixes><Prefix>${written(each)}</Prefix></CommonPrefixes>`)
    .join("")}</ListBucketResult>`;
}
