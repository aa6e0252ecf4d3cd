import { DATABASE, TAG, VPC } from "../../../../ops/recover/types.ts";
import type { StateResource } from "../../../../ops/recover/state.ts";
import * as types from "../../../../rehearsal/test/clouds/standard.ts";
import type { DoctorCase, Stage } from "../stage.ts";

/** Lets DigitalOcean refuse one path. */
const refuse =
  (path: string, status: 403 | 503 = 403) =>
  (stage: Stage) =>
    void stage.rest.digitalocean.faults.add({ path, does: { kind: "answer", status } });

export const digitaloceanCases: readonly DoctorCase[] = [
  {
    line: "scopes",
    failedBy: "the token lacks `uptime:read` and `monitoring:read`",
    arrange(stage) {
      refuse("/v2/uptime/checks")(stage);
      refuse("/v2/monitoring/alerts")(stage);
    },
  },
  {
    line: "scopes",
    failedBy: "the token lacks `database:view_credentials`",
    async arrange(stage) {
      const [database] = await databaseOf(stage, "postgres-cluster");
      stage.state = { version: 3, deployment: { resources: [database] } };
      delete stage.cloud.world.get(DATABASE, database.id!)!.properties["password"];
    },
  },
  {
    line: "scopes",
    failedBy: "one API of DigitalOcean's is disturbed",
    word: "unknown",
    arrange: refuse("/v2/projects", 503),
  },
  {
    line: "region",
    failedBy: "the region makes no new Droplets",
    arrange: ({ cloud }) => void cloud.world.account.closedRegions.add("nyc3"),
  },
  {
    line: "region",
    failedBy: "the nodes' size is not offered",
    arrange: ({ cloud }) => void cloud.world.account.missingSizes.add("s-4vcpu-8gb"),
  },
  {
    line: "region",
    failedBy: "Postgres' size is not offered",
    arrange: ({ cloud }) => void cloud.world.account.missingDatabaseSizes.add("db-s-4vcpu-8gb"),
  },
  {
    line: "region",
    failedBy: "the token may not read regions",
    word: "unknown",
    arrange: refuse("/v2/regions"),
  },
  {
    line: "kubernetes-version",
    failedBy: "DigitalOcean offers the minor no more",
    arrange: ({ cloud }) => void (cloud.world.account.kubernetesVersions = ["1.36.0-do.3"]),
  },
  {
    line: "alert-emails",
    failedBy: "the address of the alerts is not verified",
    arrange: ({ cloud }) => void (cloud.world.account.emailVerified = false),
  },
  {
    line: "alert-emails",
    failedBy: "alerts go to somebody else than the account's owner",
    word: "unknown",
    arrange: (stage) => stage.write("ops@example.social", "night@example.social"),
  },
  {
    line: "spaces-keys",
    failedBy: "media is on Spaces, and the token lacks `spaces_key:read`",
    arrange(stage) {
      stage.write("storage: r2", "storage: spaces");
      refuse("/v2/spaces/keys")(stage);
    },
  },
  {
    line: "left-overs",
    failedBy: "a database of the stack is billed, and in no state",
    async arrange(stage) {
      const [, tag, vpc] = await databaseOf(stage, "valkey-cluster");
      stage.state = { version: 3, deployment: { resources: [tag, vpc] } };
    },
  },
];

/** Makes a database with the stack's tag. Returns it, the tag and the network, as in a state. */
async function databaseOf(
  { cloud }: Stage,
  name: string,
): Promise<readonly [StateResource, StateResource, StateResource]> {
  const vpc = await cloud.make(VPC, "network-vpc", types.vpcInputs);
  const tag = await cloud.make(TAG, "network-stack", {});
  const database = await cloud.make(DATABASE, name, {
    ...types.valkeyInputs,
    privateNetworkUuid: vpc.id,
    tags: [tag.id],
  });
  const inState = ({ id, ref }: typeof vpc): StateResource => ({
    urn: `urn:pulumi:prod::mastodon::${ref.type}::${ref.name}`,
    type: ref.type,
    id,
  });
  return [inState(database), inState(tag), inState(vpc)];
}
