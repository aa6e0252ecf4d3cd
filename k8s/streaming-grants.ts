import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { sqlJob, type SqlJobArgs } from "./sql-job.ts";
import { streamingGrantsScript, type StreamingReads } from "./streaming-grants-script.ts";

/**
 * Arguments of the Job that grants streaming's role its columns: those of every SQL Job, the
 * columns, and Mastodon's image.
 */
export interface StreamingGrantsArgs extends SqlJobArgs {
  /** Columns of the deployed release that streaming reads. */
  readonly reads: StreamingReads;
  /** Mastodon's image. Another one has other tables, so the step runs again. */
  readonly release: string;
}

/**
 * Lets streaming's role read only the columns that streaming needs, in each release. Streaming
 * faces the Internet with parsers of its own; it can't read password hashes, signing keys and
 * direct messages. One risk remains: it looks up tokens by their value, so an attacker in streaming
 * may act as every member through the API.
 */
export class StreamingGrants extends pulumi.ComponentResource {
  /** Once it is complete, streaming can read its columns. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: StreamingGrantsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:StreamingGrants", name, {}, opts);
    const { application, streaming } = args.postgres;
    this.job = sqlJob(
      name,
      args,
      {
        script: streamingGrantsScript(args.reads),
        environment: { PGUSER: application.name, RELEASE: args.release },
        passwords: { PGPASSWORD: application.password, STREAMING_PASSWORD: streaming.password },
      },
      this,
    );
    this.registerOutputs({});
  }
}
