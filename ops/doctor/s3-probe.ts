import { AwsClient } from "aws4fetch";

/** Writes, reads, lists and deletes one object of a bucket, with the key that Pulumi's CLI uses. */

/** A bucket, and the key. */
export interface S3Place {
  /** URL of the S3 API, without the bucket. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Result: all steps passed, or the one that did not. */
export type Probed =
  | { readonly word: "well" }
  | {
      readonly word: "refused";
      readonly step: "write" | "read" | "list" | "delete";
      readonly status: number;
      /** S3's name of the refusal: `SignatureDoesNotMatch`. */
      readonly code: string | undefined;
    };

/** Folder of the object, beside those that Pulumi writes. A lock of the history leaves it out. */
const FOLDER = ".pulumi/doctor/";

/**
 * Tries the four calls in order, as the CLI makes them: by path, and without a trailer. The object
 * is deleted also if it can't be read.
 * @throws if the server does not answer.
 */
export async function probeS3(
  { endpoint, region, bucket, accessKeyId, secretAccessKey }: S3Place,
  name: string,
  signal: AbortSignal,
): Promise<Probed> {
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  const root = `${endpoint.replace(/\/$/u, "")}/${bucket}`;
  const object = `${root}/${FOLDER}${name}`;
  const call = async (
    step: (Probed & { word: "refused" })["step"],
    url: string,
    method: string,
  ) => {
    const init = { method, signal, ...(method === "PUT" && { body: name }) };
    const answer = await client.fetch(url, init);
    const text = await answer.text();
    const code = /<Code>(\w+)<\/Code>/u.exec(text)?.[1];
    return answer.ok
      ? undefined
      : ({ word: "refused", step, status: answer.status, code } as const);
  };
  const written = await call("write", object, "PUT");
  if (written !== undefined) return written;
  const read =
    (await call("read", object, "GET")) ??
    (await call("list", `${root}?list-type=2&prefix=${encodeURIComponent(FOLDER)}`, "GET"));
  const deleted = await call("delete", object, "DELETE");
  return read ?? deleted ?? { word: "well" };
}
