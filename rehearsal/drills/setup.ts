import type { CloudPlugin } from "../engine/cloud-plugins.ts";
import { findEngine } from "../engine/find-engine.ts";
import { findControlPlane } from "../kubernetes/binary.ts";
import { DEBIAN_PACKAGES, debianRoot } from "../machine/debian.ts";
import { ensurePackages } from "../machine/packages.ts";
import type { Phase } from "../phases.ts";
import { openRehearsal, type Rehearsal, type WorldGround } from "../rehearsal.ts";
import type { Tools } from "../tools.ts";
import { formatDuration } from "../../pages/duration.ts";

/** State that the phases of a drill share. */
export interface DrillContext {
  readonly projectDirectory: string;
  /** The clouds' real plugins. If unset, the simulated providers are attached. */
  readonly plugins?: readonly CloudPlugin[];
  /** Set by the set-up phases. */
  rehearsal?: Rehearsal;
  /** Closes what is open so far; set before `rehearsal` is. */
  close?: () => Promise<void>;
}

/**
 * The rehearsal that the set-up phases opened.
 * @throws if they didn't run, which means a fault in the drill's order.
 */
export function rehearsalOf(context: DrillContext): Rehearsal {
  if (context.rehearsal === undefined)
    throw new Error("The drill asked for its world before it was set up.");
  return context.rehearsal;
}

/** Machine, engine, control plane, world: the first phases of every drill. */
export function setupPhases(context: DrillContext): readonly Phase[] {
  const tools = { engineRoot: "", kubernetes: "", imageRoot: "" };
  return [...toolPhases(tools), worldPhase(context, tools)];
}

/** Origin of a program, for an operator. */
export function originOf(found: { readonly origin: string; readonly seconds: number }): string {
  return found.origin === "built" ? `built in ${formatDuration(found.seconds)}` : found.origin;
}

/** Finds machine, engine and control plane, and records their paths. */
export function toolPhases(tools: {
  -readonly [Key in keyof Tools]: Tools[Key];
}): readonly Phase[] {
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
        return `${Object.keys(debian.versions).length} packages of its own, ${originOf(debian)}`;
      },
    },
    {
      title: "engine",
      run: async (progress) => {
        const engine = await findEngine(progress);
        tools.engineRoot = engine.root;
        return `Pulumi ${engine.version}, ${originOf(engine)}`;
      },
    },
    {
      title: "control plane",
      run: async (progress) => {
        const binary = await findControlPlane(progress);
        tools.kubernetes = binary.path;
        return `Kubernetes with etcd, scheduler and controllers, ${originOf(binary)}`;
      },
    },
  ];
}

/** Opens the world; by default on the addresses and nodes of {@link openRehearsal}. */
export function worldPhase(context: DrillContext, tools: Tools, ground?: WorldGround): Phase {
  return {
    title: "world",
    run: async () => {
      context.rehearsal = await openRehearsal(
        tools,
        context.projectDirectory,
        (close) => {
          context.close = close;
        },
        ground,
        context.plugins,
      );
      const providers =
        context.plugins
          ?.map(({ name, version }) => `the real plugin of ${name} ${version} pointed at them`)
          .join(", ") ?? "providers attached";
      return `empty clouds, ${providers}, stack made with its secrets`;
    },
  };
}
