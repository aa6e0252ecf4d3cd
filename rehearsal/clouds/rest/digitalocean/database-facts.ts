import type { Properties } from "../../../providers/provider.ts";
import { OFFERED } from "../../digitalocean/database-refusals.ts";
import {
  databasePostgresqlConfig,
  databaseValkeyConfig,
} from "../../digitalocean/database-settings.ts";
import { REGIONS } from "../../digitalocean/regions.ts";
import { POSTGRES_SIZES, VALKEY_SIZES } from "../../digitalocean/sizes.ts";
import { read } from "../../properties.ts";
import type { ResourceRow } from "../../rows.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, make, missing, ok, propertiesFrom, refused, type FieldMap } from "./answers.ts";
import { databaseOf, ONE_DATABASE } from "./database-requests.ts";

/**
 * Interval of the automatic backups: a day
 * (https://docs.digitalocean.com/products/databases/postgresql/how-to/restore-from-backups/).
 */
const DAY_MS = 24 * 3600 * 1000;

/** Backups are kept for seven days (same page). */
const KEPT_BACKUPS = 7;

/** Facts about a database: its CA, settings, backups and events, and the offered engines. */
export const databaseFactOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/v2/databases/options",
    answer: (_request, world) => ok(optionsOf(world)),
  },
  {
    method: "GET",
    path: `${ONE_DATABASE}/ca`,
    answer(request, world) {
      const { id } = databaseOf(request, world);
      const running = world.databaseServers.get(id);
      if (running === undefined) throw missing(request);
      const certificate = Buffer.from(running.server.caCertificate).toString("base64");
      return ok({ ca: { certificate } });
    },
  },
  {
    method: "GET",
    path: `${ONE_DATABASE}/backups`,
    answer(request, world) {
      const database = databaseOf(request, world);
      // "Backups are also not supported for Caching or Valkey clusters"
      // (databases_list_backups.yml); status and message are assumed.
      if (database.properties["engine"] !== "pg")
        throw refused(request, 422, "operation is not supported for this cluster type");
      return ok({ backups: backupsOf(world, database) });
    },
  },
  {
    method: "GET",
    path: `${ONE_DATABASE}/events`,
    answer(request, world) {
      const database = databaseOf(request, world);
      const event = {
        id: database.id,
        cluster_name: database.properties["name"],
        event_type: "cluster_create",
        create_time: world.since(database),
      };
      return ok({ events: [event] });
    },
  },
  {
    method: "GET",
    path: `${ONE_DATABASE}/config`,
    answer(request, world) {
      const { row, settings } = settingsOf(request, world);
      const fields = fieldsOf(row);
      const set = Object.entries(settings?.properties ?? {}).flatMap(([property, value]) => {
        const field = fields[property];
        // The row shows a zero for an unset value.
        const unset = value === 0 || value === "" || value === false;
        return field === undefined || unset || isEmptyList(value)
          ? []
          : [[field, isList(property) ? (value as readonly unknown[])[0] : value]];
      });
      return ok({ config: Object.fromEntries(set) as Properties });
    },
  },
  {
    method: "PATCH",
    path: `${ONE_DATABASE}/config`,
    async answer(request, world) {
      const { row, settings, clusterId } = settingsOf(request, world);
      const names: FieldMap = Object.fromEntries(
        Object.entries(fieldsOf(row)).map(([property, field]) => [
          field,
          isList(property) ? (value: unknown) => ({ [property]: [value] }) : property,
        ]),
      );
      const wanted = propertiesFrom(read.object(request.body, "config"), names);
      if (settings === undefined) await make(row, { clusterId, ...wanted }, request, world);
      else await change(row, settings, wanted, request, world);
      return { status: 200 };
    },
  },
];

/** Backups of a database, the newest first: one a day, from its creation on. */
export function backupsOf(world: World, database: CloudObject): readonly Properties[] {
  if (database.creating !== undefined || world.account.withoutBackup.has(database.id)) return [];
  const first = Date.parse(world.since(database));
  const count = Math.min(KEPT_BACKUPS, Math.floor((Date.now() - first) / DAY_MS) + 1);
  const newest = first + Math.floor((Date.now() - first) / DAY_MS) * DAY_MS;
  return Array.from({ length: count }, (_, age) => ({
    created_at: new Date(newest - age * DAY_MS).toISOString(),
    size_gigabytes: 0.03, // As in the description's example.
  }));
}

/** The settings' row of a database's engine, and its object if a setting was ever set. */
function settingsOf(request: RestRequest, world: World) {
  const { id: clusterId, properties } = databaseOf(request, world);
  const row = properties["engine"] === "pg" ? databasePostgresqlConfig : databaseValkeyConfig;
  const [settings] = world.find(row.type, (other) => other["clusterId"] === clusterId);
  return { clusterId, row, settings };
}

/**
 * API names that can't be derived from the property's (digitalocean/godo v1.202.0 `databases.go`).
 */
const OWN_NAMES: Readonly<Record<string, string>> = {
  pgStatStatementsTrack: "pg_stat_statements.track",
  pgPartmanBgwRole: "pg_partman_bgw.role",
  pgPartmanBgwInterval: "pg_partman_bgw.interval",
  pgbouncers: "pgbouncer",
  timescaledbs: "timescaledb",
  frequentSnapshots: "frequent_snapshots",
};

/** API field of each setting: those of a Valkey begin with its name. */
function fieldsOf(row: ResourceRow): Readonly<Record<string, string>> {
  const properties = Object.keys(row.properties).filter((key) => key !== "clusterId");
  return Object.fromEntries(
    properties.map((property) => {
      const snake = property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const prefix = row === databaseValkeyConfig && !snake.startsWith("valkey_") ? "valkey_" : "";
      return [property, OWN_NAMES[property] ?? `${prefix}${snake}`];
    }),
  );
}

/** Whether a property is a list of one in the provider and an object in the API. */
const isList = (property: string): boolean =>
  property === "pgbouncers" || property === "timescaledbs";
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/**
 * Dates of the end of the offer and of the support of each version: from the example in
 * `responses/options.yml` of 2026-08. A missing version has no such date, or it isn't known.
 */
const ENDS: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = {
  pg: {
    "14": ["2026-05-12T00:00:00Z", "2026-11-12T00:00:00Z"],
    "15": ["2027-05-12T00:00:00Z", "2027-11-11T00:00:00Z"],
    "16": ["2028-05-09T00:00:00Z", "2028-11-09T00:00:00Z"],
    "17": ["2029-05-08T00:00:00Z", "2029-11-08T00:00:00Z"],
  },
};

/**
 * Engines for which the rehearsal has servers; standbys start at the second plan
 * (`responses/options.yml`).
 */
const optionsOf = ({ account }: World): Properties => ({
  options: Object.fromEntries(
    Object.entries(OFFERED).map(([engine, versions]) => {
      const all = engine === "pg" ? Object.keys(POSTGRES_SIZES) : VALKEY_SIZES;
      const sizes = all.filter((size) => !account.missingDatabaseSizes.has(size));
      const layouts = [1, 2, 3].map((count) => ({
        num_nodes: count,
        sizes: count === 1 ? sizes : sizes.filter((size) => size !== "db-s-1vcpu-1gb"),
      }));
      const open = REGIONS.filter((region) => !account.closedRegions.has(region));
      const regions = open.filter((region) => engine === "pg" || region !== "nyc2");
      return [engine, { regions, versions, layouts }];
    }),
  ),
  version_availability: Object.fromEntries(
    Object.entries(OFFERED).map(([engine, versions]) => [
      engine,
      versions.map((version) => {
        const [available = null, life = null] = ENDS[engine]?.[version] ?? [];
        return { version, end_of_availability: available, end_of_life: life };
      }),
    ]),
  ),
});
