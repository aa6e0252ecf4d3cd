import { describe, expect, it } from "vitest";
import { confinementFaults, processWords, type Confined } from "../../checks/confinement.ts";

/** In the format of Linux 6, proc_pid_status(5). */
const STATUS = `Name:	puma
Uid:	991	991	991	991
Gid:	991	991	991	991
Groups:	991 1000
CapInh:	0000000000000000
CapPrm:	0000000000000000
CapEff:	0000000000000000
CapBnd:	0000000000000000
CapAmb:	0000000000000000
NoNewPrivs:	1
Seccomp:	2
`;
const well: Confined = {
  name: "web-1 (puma)",
  asked: { uid: 991, group: 991 },
  process: processWords(STATUS),
  rootWritten: false,
  places: [
    { path: "/tmp", mayWrite: true, wrote: true },
    { path: "/ca", mayWrite: false, wrote: false },
  ],
};

describe("a container that is less confined than its pod asks", () => {
  it("is no fault where all is as asked", () => {
    expect(confinementFaults(well)).toEqual([]);
  });

  it.each([
    ["another user", { process: processWords(STATUS.replaceAll("991\t", "992\t")) }, "user 992"],
    ["root, even where it was asked for", { asked: { uid: 0, group: 991 } }, "user 991"],
    ["a group of volumes that it lacks", { asked: { uid: 991, group: 7 } }, "group 7"],
    [
      "a capability that it could take",
      {
        process: processWords(STATUS.replace("CapBnd:	0000000000000000", "CapBnd:	00000000a80425fb")),
      },
      "CapBnd",
    ],
    [
      "privileges to gain",
      { process: processWords(STATUS.replace("NoNewPrivs:	1", "NoNewPrivs:	0")) },
      "gain privileges",
    ],
    ["no filter", { process: processWords(STATUS.replace("Seccomp:	2", "Seccomp:	0")) }, "Seccomp 0"],
    ["a root that can be written to", { rootWritten: true }, "root can be written"],
    [
      "a work folder that it can't write to",
      { places: [{ path: "/tmp", mayWrite: true, wrote: false }] },
      "could not write to /tmp",
    ],
    [
      "a Secret that it wrote to",
      { places: [{ path: "/ca", mayWrite: false, wrote: true }] },
      "wrote to /ca",
    ],
  ])("%s", (_, changed, words) => {
    const faults = confinementFaults({ ...well, ...changed });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(words);
  });
});
