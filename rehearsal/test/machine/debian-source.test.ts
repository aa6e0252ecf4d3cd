import { expect, it } from "vitest";
import { debianMirror, DEBIANS_OWN } from "../../machine/debian-source.ts";

const STANZAS = `Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
`;

it("finds the machine's own mirror in either form of list, and no other archive", () => {
  expect(debianMirror(["", STANZAS], "bookworm")).toBe("http://mirror.example/debian");
  const line = "deb [arch=amd64 signed-by=/k.gpg] http://other.example/debian bookworm main\n";
  expect(debianMirror([`# deb http://old.example bookworm main\n${line}`], "bookworm")).toBe(
    "http://other.example/debian",
  );
  const foreign = "deb https://packages.example/apt sdk-bookworm main\n";
  expect(debianMirror([foreign, STANZAS], "bookworm")).toBe("http://mirror.example/debian");
});

it("takes Debian's own address where the machine is none of Debian's, or has no list", () => {
  expect(debianMirror([STANZAS], undefined)).toBe(DEBIANS_OWN);
  expect(debianMirror([], "bookworm")).toBe(DEBIANS_OWN);
  expect(debianMirror([STANZAS.replaceAll("Types", "Enabled: no\nTypes")], "bookworm")).toBe(
    DEBIANS_OWN,
  );
});
