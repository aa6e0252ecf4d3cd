import type { DoctorCase } from "../stage.ts";

export const programCases: readonly DoctorCase[] = [
  {
    line: "node",
    failedBy: "Node of the PATH is Debian 12's",
    arrange: ({ programs }) => void programs.set("node --version", "v18.20.4"),
  },
  {
    line: "node",
    failedBy: "Node of the PATH is the last one that reads no TypeScript",
    arrange: ({ programs }) => void programs.set("node --version", "v22.17.1"),
  },
  {
    line: "node",
    failedBy: "there is no Node outside npm",
    arrange: ({ programs }) => void programs.delete("node --version"),
  },
  {
    line: "pulumi",
    failedBy: "the CLI could not write to R2",
    arrange: ({ programs }) => void programs.set("pulumi version", "v3.256.0"),
  },
  {
    line: "pulumi",
    failedBy: "there is no CLI",
    arrange: ({ programs }) => programs.clear(),
  },
  {
    line: "doctl",
    failedBy: "there is no doctl",
    arrange: ({ programs }) => void programs.delete("doctl version"),
  },
];
