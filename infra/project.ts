import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";

/** Arguments of the project. */
export interface ProjectArgs {
  readonly project: StackConfig["project"];
  /**
   * `do:<kind>:<id>` of every resource that a project can hold. A resource is in one project only.
   */
  readonly urns: readonly pulumi.Input<string>[];
}

/**
 * The DigitalOcean project in which control panel and bill show the server's resources.
 *
 * Membership is set here only. Setting `projectId` on a database would replace it, with its data,
 * as soon as an operator moves it to another project.
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
        // Members leave the project one after the other, and it can't be deleted before the last
        // (terraform-provider-digitalocean, 412).
        customTimeouts: { delete: "10m" },
      },
    );
    new digitalocean.ProjectResources(
      `${name}-members`,
      // Not `resources` of the project itself: that would also remove what an operator added by
      // hand.
      { project: project.id, resources: [...args.urns] },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
