import { PLAN_CA } from "../../plan/ca-certificate.ts";
import type { ClusterBackend, DatabaseBackend, NodeSpec, RunningDatabase } from "./backends.ts";

/** Clusters that only record their calls. */
export class FakeClusters implements ClusterBackend {
  readonly nodes = new Map<string, NodeSpec[]>();
  async create(id: string) {
    this.nodes.set(id, []);
    return {
      endpoint: "https://127.0.0.1:6443",
      caCertificate: "-----BEGIN CERTIFICATE-----\nfake\n-----END CERTIFICATE-----\n",
      adminToken: `admin-token-of-${id}`,
    };
  }
  async addNodes(id: string, nodes: readonly NodeSpec[]) {
    this.nodes.get(id)?.push(...nodes);
  }
  async removeNodes(id: string, names: readonly string[]) {
    const left = (this.nodes.get(id) ?? []).filter(({ name }) => !names.includes(name));
    if (this.nodes.has(id)) this.nodes.set(id, left);
  }
  async loseNodes(id: string, names: readonly string[]) {
    await this.removeNodes(id, names);
  }
  async destroy(id: string) {
    this.nodes.delete(id);
  }
}

/** Databases that only record their calls. */
export class FakeDatabases implements DatabaseBackend {
  /** All calls, in order: `createPool <id> web`. */
  readonly calls: string[] = [];
  #made(id: string, adminUser: string): RunningDatabase {
    return {
      address: "127.0.0.2",
      adminUser,
      adminPassword: `admin-password-of-${id}`,
      // A real certificate, because the program parses it.
      caCertificate: PLAN_CA,
    };
  }
  async createPostgres(id: string, _hosts?: readonly string[], copy?: string) {
    this.calls.push(`createPostgres ${id}${copy === undefined ? "" : ` from ${copy}`}`);
    return this.#made(id, "doadmin");
  }
  async copyPostgres(id: string) {
    return `copy of ${id}`;
  }
  async membersOf() {
    return { users: ["mastodon", "mastodon_streaming"], databases: ["mastodon"] };
  }
  async createValkey(id: string, _hosts: readonly string[], policy: string) {
    this.calls.push(`createValkey ${id} ${policy}`);
    return this.#made(id, "default");
  }
  async setEvictionPolicy(id: string, policy: string) {
    this.calls.push(`setEvictionPolicy ${id} ${policy}`);
  }
  async answerAs(id: string, hosts: readonly string[]) {
    this.calls.push(`answerAs ${id} ${hosts.length} names`);
  }
  async rotateCa() {
    this.calls.push("rotateCa");
    return "-----BEGIN CERTIFICATE-----\nnext\n-----END CERTIFICATE-----\n";
  }
  async createUser(id: string, name: string) {
    this.calls.push(`createUser ${id} ${name}`);
    return `password-of-${name}`;
  }
  async resetPassword(id: string, name: string) {
    this.calls.push(`resetPassword ${id} ${name}`);
    return `password-${this.calls.length}-of-${name}`;
  }
  async dropUser(id: string, name: string) {
    this.calls.push(`dropUser ${id} ${name}`);
  }
  async createDatabase(id: string, name: string) {
    this.calls.push(`createDatabase ${id} ${name}`);
  }
  async dropDatabase(id: string, name: string) {
    this.calls.push(`dropDatabase ${id} ${name}`);
  }
  async createPool(id: string, pool: { readonly name: string }) {
    this.calls.push(`createPool ${id} ${pool.name}`);
  }
  async dropPool(id: string, name: string) {
    this.calls.push(`dropPool ${id} ${name}`);
  }
  async destroy(id: string) {
    this.calls.push(`destroy ${id}`);
  }
}
