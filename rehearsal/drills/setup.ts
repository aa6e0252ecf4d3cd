import { findEngine } from "../engine/find-engine.ts";
import { findControlPlane } from "../kubernetes/binary.ts";
import { DEBIAN_PACKAGES, debianRoot } from "../machine/debian.ts";
import { ensurePackages } from "../machine/packages.ts";
import type { Phase } from "../phases.ts";
import { openRehearsal, type Rehearsal } from "../rehearsal.ts";
import { formatDuration } from "../timeline/schedule.ts";

/** What the phases of a drill hand on to each other. */
export interface DrillContext {
  readonly projectDirectory: string;
  /** Set by the set-up phases. */
  rehearsal?: Rehearsal;
  /** Closes what is open so far; set before `rehearsal` is. */
  close?: () => Promise<void>;
}

/** The rehearsal that the set-up phases opened. @throws if they didn't run: a fault of the drill's order. */
export function rehearsalOf(context: DrillContext): Rehearsal {
  if (context.rehearsal === undefined)
    throw new Error("The drill asked for its world before it was set up.");
  return context.rehearsal;
}

/** Machine, engine, control plane, world: the phases that every drill begins with. */
export function setupPhases(context: DrillContext): readonly Phase[] {
  const tools = { engineRoot: "", kubernetes: "", imageRoot: "" };
  const origin = (found: { readonly origin: string; readonly seconds: number }): string =>
    found.origin === "built" ? `built in ${formatDuration(found.seconds)}` : found.origin;
  return [
    {
      title: "machine",
      run: async (progress) => {
        const installed = await ensurePackages(progress);
        return installed === 0 ? "every package is there" : `${installed} packages installed`;
      },
    },
    {
      title: "Debian 13",
      run: async (progress) => {
        const debian = await debianRoot({ packages: DEBIAN_PACKAGES }, progress);
        tools.imageRoot = debian.root;
        return `${Object.keys(debian.versions).length} packages of its own, ${origin(debian)}`;
      },
    },
    {
      title: "engine",
      run: async (progress) => {
        const engine = await findEngine(progress);
        tools.engineRoot = engine.root;
        return `Pulumi ${engine.version}, ${origin(engine)}`;
      },
    },
    {
      title: "control plane",
      run: async (progress) => {
        const binary = await findControlPlane(progress);
        tools.kubernetes = binary.path;
        return `Kubernetes with etcd, scheduler and controllers, ${origin(binary)}`;
      },
    },
    {
      title: "world",
      run: async () => {
        context.rehearsal = await openRehearsal(tools, context.projectDirectory, (close) => {
          context.close = close;
        });
        return "empty clouds, providers attached, stack made with its secrets";
      },
    },
  ];
}
