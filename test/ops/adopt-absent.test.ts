import { expect, it, onTestFinished } from "vitest";
import { readStackFile } from "../../plan/stack-file.ts";
import { ServerWithoutState } from "./adopt-world.ts";

const REPLICA = "digitalocean:index/databaseReplica:DatabaseReplica";

it("a read replica that was never made takes its firewall along: nothing of it stays unknown", async () => {
  const server = await ServerWithoutState.open({
    raw: {
      ...readStackFile(),
      postgres: { size: "db-s-4vcpu-8gb", readReplica: { size: "db-s-4vcpu-8gb" } },
    },
  });
  onTestFinished(() => server.close());
  for (const replica of server.cloud.world.find(REPLICA)) server.cloud.world.remove(replica);
  await server.adopt();
  expect(server.said).toMatch(/^make +replica-replica /mu);
  expect(server.said).toMatch(/^make +replica-firewall /mu);
  expect(server.said).not.toMatch(/^unknown /mu);
});
