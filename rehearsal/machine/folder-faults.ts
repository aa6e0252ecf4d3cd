import type { Fault } from "../../domain/fault.ts";
import type { Folder, FolderName, Machine } from "./machine.ts";
import { builds, machineFault as fault, gigabytes } from "./needs.ts";
import { PARTS, RUN, SIZES, type Ground } from "./parts.ts";

/** Each folder's name for an operator, and the variable that moves it. */
const FOLDERS: Readonly<Record<FolderName, { readonly name: string; readonly variable: string }>> =
  {
    cache: { name: "The cache folder", variable: "XDG_CACHE_HOME" },
    temporary: { name: "The temporary folder", variable: "TMPDIR" },
    goBuild: { name: "Go's build cache", variable: "GOCACHE" },
    goModules: { name: "Go's module cache", variable: "GOMODCACHE" },
  };

/** Reason why a folder can't be written to, by the system's error code. */
const UNWRITABLE: Readonly<Record<string, string>> = {
  EROFS: "is on a file system that is mounted read-only",
  EACCES: "belongs to another user, who lets nobody else write",
  ENOTDIR: "is below a file, which is no folder",
};

/** Faults of folders that a drill writes to. */
export function folderFaults(machine: Machine, ground: Ground): readonly Fault[] {
  const { folders, home } = machine;
  if (!home.startsWith("/"))
    return [
      fault(
        "home",
        "HOME",
        `HOME is "${home}", which is no absolute path, and the caches stand below it. Set HOME to the folder of the user that runs this.`,
      ),
    ];
  const used: readonly FolderName[] = builds(machine, ground)
    ? ["cache", "temporary", "goBuild", "goModules"]
    : ["cache", "temporary"];
  const lost = used.filter(
    (key) => folders[key].unwritable !== undefined && folders[key].path.startsWith(`${home}/`),
  );
  // One cause, one sentence, although each of them can also be moved separately.
  const [below] = lost;
  const ofHome =
    below === undefined || lost.length === 1
      ? []
      : [
          fault(
            "home",
            "HOME",
            `HOME is ${home}, and nothing can be written there: ${folders[below].existing} ${reasonOf(folders[below])}. The caches stand below it. Set HOME to a folder that can be written to, or move them with ${lost.map((key) => FOLDERS[key].variable).join(", ")}.`,
          ),
        ];
  const others = ofHome.length > 0 ? used.filter((key) => !lost.includes(key)) : used;
  const each = others.flatMap((key) => {
    const folder = folders[key];
    const { name, variable } = FOLDERS[key];
    const at =
      folder.existing === folder.path ? "" : ` (${folder.existing} is what there is of it)`;
    const move = `Set ${variable} to a folder`;
    if (folder.unwritable !== undefined)
      return [
        fault(
          "unwritable",
          variable,
          `${name} ${folder.path} ${reasonOf(folder)}${at}. ${move} that can be written to.`,
        ),
      ];
    if (folder.noexec && key !== "goModules" && key !== "goBuild")
      return [
        fault(
          "noexec",
          variable,
          `${name} ${folder.path} is on a file system mounted with noexec, and programs are started from it. ${move} elsewhere.`,
        ),
      ];
    if (key === "temporary" && ground !== "commands" && folder.closed !== undefined)
      return [
        fault(
          "closed",
          variable,
          `${name} ${folder.path} can't be entered by the user that Postgres runs as: ${folder.closed} lets only its owner pass. ${move} that everybody may pass, such as /tmp.`,
        ),
      ];
    if (key !== "goBuild" && key !== "goModules" && ground === "nodes" && folder.type === "overlay")
      return [
        fault(
          "overlay",
          variable,
          `${name} ${folder.path} is on an overlay, as in a container, and nodes lay overlays of their own on it, which Linux refuses. ${move} on a volume.`,
        ),
      ];
    return [];
  });
  return [...ofHome, ...each];
}

function reasonOf({ unwritable = "" }: Folder): string {
  return UNWRITABLE[unwritable] ?? `can't be written to (${unwritable})`;
}

/** Bytes that a drill will write, by folder. */
export function neededBytes(
  { missing, compiled }: Pick<Machine, "missing" | "compiled">,
  ground: Ground,
): Readonly<Record<FolderName, number>> {
  const sizes = PARTS[ground]
    .filter((part) => missing.includes(part))
    .map((part) => ({
      ...SIZES[part],
      ...(compiled.includes(part) && { modules: 0, build: 0 }),
    }));
  const sum = (key: keyof (typeof sizes)[number]): number =>
    sizes.reduce((total, size) => total + size[key], 0);
  return {
    cache: sum("cache") + Math.max(0, ...sizes.map(({ scratch }) => scratch)),
    temporary: RUN[ground].disk,
    goBuild: sum("build"),
    goModules: sum("modules"),
  };
}

/** Disks on which a drill would fill what is free. */
export function diskFaults(machine: Machine, ground: Ground): readonly Fault[] {
  const needed = neededBytes(machine, ground);
  const names = Object.keys(FOLDERS) as FolderName[];
  const devices = new Set(names.map((name) => machine.folders[name].device));
  return [...devices].flatMap((device) => {
    const here = names.filter(
      (name) => machine.folders[name].device === device && needed[name] > 0,
    );
    const total = here.reduce((sum, name) => sum + needed[name], 0);
    const [first] = here;
    if (first === undefined) return [];
    const { free } = machine.folders[first];
    if (free >= total) return [];
    const parts = here.map((name) => `${gigabytes(needed[name])} in ${machine.folders[name].path}`);
    const variables = here.map((name) => FOLDERS[name].variable).join(", ");
    return [
      fault(
        "disk",
        "disk",
        `The drill needs ${gigabytes(total)} of free disk, and ${gigabytes(free)} are free: ${parts.join(", ")}. Free some, or move one of the folders to another disk with ${variables}.`,
      ),
    ];
  });
}
