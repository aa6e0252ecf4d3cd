import type { Fault } from "../../domain/fault.ts";
import { diskFaults, folderFaults } from "./folder-faults.ts";
import type { Machine } from "./machine.ts";
import { builds, FIXED_PORTS, gigabytes, machineFault as fault, PROGRAMS } from "./needs.ts";
import { BUILD_MEMORY, RUN, type Ground } from "./parts.ts";

/** Capabilities that an ordinary container does not have, with the use of each. */
const RIGHTS =
  "mounts and namespaces of sandboxes, their networks, and looking into their processes";

/**
 * Everything that a drill needs and the machine does not have, each as a sentence with its remedy.
 * @param typed words of the command line, for the command to repeat.
 */
export function machineFaults(
  machine: Machine,
  { typed, ground }: { readonly typed: string; readonly ground: Ground },
): readonly Fault[] {
  const again = `npm run rehearse -- ${typed}`;
  return [
    ...systemFaults(machine),
    ...rightsFaults(machine, ground, again),
    ...programFaults(machine, ground),
    ...folderFaults(machine, ground),
    ...diskFaults(machine, ground),
    ...memoryFaults(machine, ground),
    ...networkFaults(machine, ground),
    ...(ground === "nodes" && machine.cgroupFault !== undefined
      ? [fault("cgroups", "cgroups", machine.cgroupFault)]
      : []),
  ];
}

function systemFaults({ platform, architecture }: Machine): readonly Fault[] {
  if (platform === "linux" && architecture === "x64") return [];
  return [
    fault(
      "system",
      "system",
      `This machine is ${platform} on ${architecture}. The rehearsal needs Linux on x64: its Postgres comes for no other, and it sandboxes pods as Linux does. Run it in a virtual machine with Debian on x64.`,
    ),
  ];
}

function rightsFaults(machine: Machine, ground: Ground, again: string): readonly Fault[] {
  if (ground === "commands") return [];
  const { user, lackingRights } = machine;
  if (user !== 0)
    return [
      fault(
        "root",
        "root",
        `This is user ${user}, and the drill needs root: databases and pods run as users of their own${ground === "nodes" ? ", and real nodes mount file systems and make networks and cgroups" : ""}. Run \`sudo env "PATH=$PATH" "HOME=$HOME" ${again}\`.`,
      ),
    ];
  if (lackingRights.length === 0) return [];
  return [
    fault(
      "rights",
      "root",
      `Root lacks ${lackingRights.join(", ")} here, as in an ordinary container. The drill needs them for ${RIGHTS}. Run it on the machine itself, or start the container with \`--privileged\`.`,
    ),
  ];
}

/** Whether packages of Debian have to be downloaded or unpacked. */
function fetches({ missing, lackingPackages }: Machine, ground: Ground): boolean {
  return (
    ground !== "commands" &&
    (lackingPackages.length > 0 || missing.some((part) => part.startsWith("Debian 13")))
  );
}

function programFaults(machine: Machine, ground: Ground): readonly Fault[] {
  const lacking = machine.lackingPrograms.filter((name) => {
    const program = PROGRAMS[name];
    if (program === undefined) return false;
    if (program.fetching === true) return fetches(machine, ground);
    return program.ground === undefined || program.ground === ground;
  });
  // If apt-get exists, a run as root installs these.
  const noApt = lacking.includes("apt-get") && machine.lackingPackages.length > 0;
  return [
    // If only the engine is missing, Pulumi's installer may provide it.
    ...(machine.goFault === undefined || ground === "commands"
      ? []
      : [fault("go", "go", machine.goFault)]),
    ...lacking.map((name) => {
      const program = PROGRAMS[name];
      return fault(
        "program",
        name,
        name === "apt-get"
          ? "There is no `apt-get` on PATH, and packages of Debian are to be fetched. Run it on Debian 12 or later, or on Ubuntu 24.04 or later."
          : `There is no \`${name}\` on PATH, and the drill needs it for ${program?.for}. Run \`apt-get install ${program?.package}\`.`,
      );
    }),
    ...(noApt
      ? [
          fault(
            "packages",
            "packages",
            `Packages of Debian are missing, and nothing here can install them: ${machine.lackingPackages.join(", ")}. Run it on a machine with \`apt-get\`.`,
          ),
        ]
      : []),
  ];
}

function memoryFaults(machine: Machine, ground: Ground): readonly Fault[] {
  const building = builds(machine, ground);
  const needed = Math.max(RUN[ground].memory, building ? BUILD_MEMORY : 0);
  if (machine.memory >= needed) return [];
  return [
    fault(
      "memory",
      "memory",
      `${building ? "Building the programs" : "The drill"} takes up to ${gigabytes(needed)} of memory, and ${gigabytes(machine.memory)} are free. The kernel would end a program in the middle. End other programs, or add swap.`,
    ),
  ];
}

function networkFaults({ heldPorts, loopback }: Machine, ground: Ground): readonly Fault[] {
  if (ground === "commands") return [];
  if (!loopback)
    return [
      fault(
        "loopback",
        "lo",
        "The loopback interface is down, and everything here answers on addresses of it. Run `ip link set lo up`.",
      ),
    ];
  if (ground === "nodes") return [];
  return heldPorts.map((port) =>
    fault(
      "port",
      `port ${port}`,
      `Something listens on port ${port} at every address of this machine, and the rehearsal needs it on a loopback address of its own, for ${FIXED_PORTS[port]}. See what it is with \`ss -ltnp 'sport = :${port}'\`, and stop it as long as the rehearsal runs.`,
    ),
  );
}
