import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { sqlJob, type SqlJobArgs } from "./sql-job.ts";
import { streamingGrantsScript, type StreamingReads } from "./streaming-grants-script.ts";

/**
 * Arguments of the Job that grants streaming's role its columns: those of every SQL Job, the
 * columns, and Mastodon's image.
 */
export interface StreamingGrantsArgs extends SqlJobArgs {
  /** Of the release that is deployed. */
  readonly reads: StreamingReads;
  /** Mastodon's image: another one has other tables, and the step runs anew. */
  readonly release: string;
}

/**
 * Lets streaming's role read by column what streaming reads, in each release. Streaming faces the
 * Internet with parsers of its own; password hashes, signing keys and direct messages stay shut to
 * it. What stays open: it looks tokens up by their value, so whoever takes it over may act as every
 * member through the API.
 */
export class StreamingGrants extends pulumi.ComponentResource {
  /** Done means that streaming can read what it reads. */
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
