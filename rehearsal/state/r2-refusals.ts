import type { IncomingHttpHeaders } from "node:http";

/**
 * Forms of writes that R2 refuses and S3 accepts. Each has broken Pulumi's CLI, or a similar
 * program, after an update of Amazon's client. All were fixed, and came back.
 */

/** A refusal in S3's form. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Digests of a body, in hexadecimal digits. */
export interface Digests {
  readonly md5: string;
  readonly sha256: string;
}

/** Finds the reason for which a call is refused by its form; undefined if it is accepted. */
export type Refusing = (headers: IncomingHttpHeaders, body: Digests) => S3Refusal | undefined;

/** The reason for which R2 refuses a call's form; undefined if it accepts it. */
export function refusedByR2(headers: IncomingHttpHeaders, body: Digests): S3Refusal | undefined {
  const given = (name: string): string => String(headers[name] ?? "");
  const sum = given("x-amz-content-sha256");
  // Chunks followed by a checksum: pulumi/pulumi#23478 (3.245), 2026; Kyrodan/KeeAnywhere#424;
  // robinrodricks/FluentStorage#166, 2026-09.
  if (sum.startsWith("STREAMING-") || headers["x-amz-trailer"] !== undefined)
    return new S3Refusal(501, "NotImplemented", `${sum} not implemented`);
  // aws/aws-sdk-js-v3#6810 and cloudflare/cloudflare-docs#19236, 2025-01. `x-amz-checksum-mode` of
  // a read is accepted: pulumi/pulumi#24219, in which reads still worked.
  const checksum = Object.keys(headers).find((name) =>
    /^x-amz-(sdk-)?checksum-(?!mode$)/u.test(name),
  );
  if (checksum !== undefined)
    return new S3Refusal(
      501,
      "NotImplemented",
      `Header '${checksum}' with value '${given(checksum)}' not implemented`,
    );
  // R2 compares it, and stores nothing if it differs: Alos-no/Cloudflare.NET#43, tried against R2
  // on 2026-08-24. pulumi/pulumi#24219 (3.256), 2026-08, sent one that is none. Together with a
  // signed checksum R2 never answers (wal-g/wal-g#2550, 2026-09).
  const md5 = given("content-md5");
  if (md5 !== "" && !/^[\w+/]{22}==$/u.test(md5))
    return new S3Refusal(
      400,
      "InvalidDigest",
      "The checksum or Content-MD5 you specified is not valid.",
    );
  if (md5 !== "" && Buffer.from(md5, "base64").toString("hex") !== body.md5)
    return new S3Refusal(
      400,
      "BadDigest",
      "The Content-MD5 you specified did not match what we received.",
    );
  if (sum !== "UNSIGNED-PAYLOAD" && sum !== body.sha256)
    return new S3Refusal(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  return undefined;
}
