import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { makeCertificates } from "../../kubernetes/certificates.ts";
import { componentFlags } from "../../kubernetes/components.ts";
import { freePorts } from "../../kubernetes/ports.ts";

describe("nobody else on the machine gets into the cluster", () => {
  const flags = componentFlags({ address: "127.0.0.1", apiPort: 20_001, kubeletPort: 20_002 });

  it("etcd, which has no passwords, listens on sockets in the cluster's private folder only", () => {
    for (const flag of flags.etcd.filter((each) => each.includes("url")))
      expect(flag).toMatch(/=unix:\/\/[a-z-]+\.sock:0$/);
  });

  it("every address is loopback", () => {
    const addresses = Object.values(flags)
      .flat()
      .filter((flag) => /-address=|-ip=/.test(flag));
    expect(addresses).toHaveLength(3);
    for (const address of addresses) expect(address).toMatch(/=127\.0\.0\.1(:20002)?$/);
  });

  it("and no address of the machine is found by leaving the API's out", () => {
    expect(flags["kube-apiserver"]).toContain("--bind-address=127.0.0.1");
  });
});

describe("clients can verify the API server, and only it", async () => {
  const made = await makeCertificates(["127.0.0.1", "10.245.0.1"], ["localhost", "kubernetes"]);
  const ca = new X509Certificate(made.ca.certificate);
  const server = new X509Certificate(made.server.certificate);

  it("its certificate is signed by the CA, for its names and addresses, and is no CA itself", () => {
    expect(server.verify(ca.publicKey)).toBe(true);
    expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(server.checkHost("localhost")).toBe("localhost");
    expect(server.checkHost("other.example")).toBeUndefined();
    expect([ca.ca, server.ca]).toEqual([true, false]);
  });

  it("each key belongs to its certificate", () => {
    for (const pair of [made.ca, made.server, made.frontProxy])
      expect(
        new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key)),
      ).toBe(true);
    const { key, publicKey } = made.serviceAccounts;
    expect(createPublicKey(key).equals(createPublicKey(publicKey))).toBe(true);
  });

  it("another cluster's CA is another", async () => {
    const other = await makeCertificates(["127.0.0.1"], []);
    expect(server.verify(new X509Certificate(other.ca.certificate).publicKey)).toBe(false);
  });
});

describe("two clusters don't fight for a port", () => {
  it("the ports are different, free, and below the range of outgoing connections", async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) {
      expect(port).toBeLessThan(32_768);
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(port, "127.0.0.1", resolve);
      });
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
