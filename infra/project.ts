import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";

/** Arguments of the project. */
export interface ProjectArgs {
  readonly project: StackConfig["project"];
  /**
   * `do:<kind>:<id>` of everything of the server that a project can hold. Each stands in one
   * project only.
   */
  readonly urns: readonly pulumi.Input<string>[];
}

/**
 * The project of DigitalOcean in which control panel and bill show the server's resources.
 * Membership is stated here and nowhere else: `projectId` of a database would replace the database,
 * with its data, on the day someone moves it to another project.
 */
export class Project extends pulumi.ComponentResource {
  constructor(name: string, args: ProjectArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Project", name, {}, opts);
    const project = new digitalocean.Project(
      `${name}-project`,
      {
        name: args.project.name,
        description: "A Mastodon server, kept by Pulumi",
        purpose: "Web Application",
        environment: args.project.environment,
      },
      {
        parent: this,
        // Its members leave it one after the other, and it can't go before the last
        // (terraform-provider-digitalocean, 412).
        customTimeouts: { delete: "10m" },
      },
    );
    new digitalocean.ProjectResources(
      `${name}-members`,
      // Not `resources` of the project itself: that would also throw out what was put there by
      // hand.
      { project: project.id, resources: [...args.urns] },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
