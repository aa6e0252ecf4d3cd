import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { parse } from "yaml";
import { SECRETS, secretRow, type SecretKey } from "../../config/secret-keys/all.ts";
import { MADE_KEYS, makeSecrets } from "../../ops/secrets/make.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { findSecrets, type NamedSecret } from "../checks/secret-search.ts";
import { findEngine } from "../engine/find-engine.ts";
import type { Phase } from "../phases.ts";
import { makeRunDirectory } from "../run-directory.ts";
import { startKeyService, type KeyService } from "../secrets/key-service.ts";
import { KeysProject } from "../secrets/keys-project.ts";
import { noFindings, type Drill, type Findings } from "./drill.ts";
import type { DrillContext } from "./setup.ts";

/** Settings that `npm run env -- import` can't find in the old server's file. */
const GIVEN = [
  ...["--profile", "small", "--region", "nyc3", "--kubernetes", "1.35.1-do.6"],
  ...["--account", "0".repeat(32), "--zone", "1".repeat(32)],
];

/** State that the phases share. */
interface Scene {
  readonly old: OldServer;
  engineRoot: string;
  directory: string;
  service: KeyService | undefined;
  project: KeysProject | undefined;
  /** Values that must appear nowhere. */
  readonly secrets: NamedSecret[];
}

/**
 * A migrated server's keys, through every command: import, init, check, rotate, escrow. Once with a
 * passphrase, once with a key service. It uses the real CLI, and each command is a process of its
 * own.
 */
export function keysDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const scene: Scene = {
    old: oldServer(),
    engineRoot: "",
    directory: "",
    service: undefined,
    project: undefined,
    secrets: [],
  };
  return {
    name: "keys of a server that moves in",
    findings,
    phases: [
      {
        title: "engine",
        run: async (progress) => {
          const engine = await findEngine(progress);
          scene.engineRoot = engine.root;
          scene.directory = await makeRunDirectory();
          context.close = async () => {
            await scene.service?.close();
            await rm(scene.directory, { recursive: true, force: true });
          };
          scene.service = await startKeyService();
          return `Pulumi ${engine.version}, and a key service`;
        },
      },
      ...phasesUnder("a passphrase", context, scene, findings),
      ...phasesUnder("a key service", context, scene, findings),
    ],
  };
}

type Keeper = "a passphrase" | "a key service";

function phasesUnder(
  keeper: Keeper,
  { projectDirectory }: DrillContext,
  scene: Scene,
  findings: Findings,
): readonly Phase[] {
  const record = (...checks: readonly Check[]): void => {
    findings.checks.push(
      ...checks.map((check) => ({ ...check, name: `under ${keeper}: ${check.name}` })),
    );
  };
  const passphrase = randomBytes(24).toString("base64url");
  return [
    {
      title: `under ${keeper}: moving in`,
      run: async () => {
        const directory = join(scene.directory, keeper.replaceAll(" ", "-"));
        await mkdir(directory);
        scene.project = await KeysProject.open({
          engineRoot: scene.engineRoot,
          projectDirectory,
          directory,
          ...(keeper === "a passphrase"
            ? {
                secretsProvider: "passphrase",
                environment: { PULUMI_CONFIG_PASSPHRASE: passphrase },
              }
            : {
                secretsProvider: "hashivault://mastodon",
                environment: scene.service?.environment ?? {},
              }),
        });
        scene.secrets.splice(0);
        scene.secrets.push(
          ...scene.old.secrets,
          ...(keeper === "a passphrase" ? [{ name: "state passphrase", value: passphrase }] : []),
          ...(scene.service?.seen ?? []).map((value) => ({ name: "the stack's data key", value })),
        );
        record(...(await movingIn(scene.project, scene)));
        return "settings and keys of the old server";
      },
    },
    {
      title: `under ${keeper}: rotating`,
      run: async () => {
        record(...(await rotating(theProject(scene), scene)));
        return "what may change";
      },
    },
    {
      title: `under ${keeper}: escrow`,
      run: async () => {
        const project = theProject(scene);
        const wanted = keeper === "a passphrase" ? passphrase : undefined;
        record(await escrowed(project, scene, wanted));
        const haystacks = await project.haystacks();
        record(
          checkOf(
            "no key stands in the clear in anything that a command wrote, printed or was started with",
            findSecrets(scene.secrets, haystacks),
            `${scene.secrets.length} secrets looked for in ${haystacks.length} places`,
          ),
        );
        return `${scene.secrets.length} secrets, ${haystacks.length} places`;
      },
    },
  ];
}

/** Imports the old server's settings, then creates the missing ones. */
async function movingIn(
  project: KeysProject,
  { old, directory, secrets }: Scene,
): Promise<Check[]> {
  // The operator's own file, not one that the commands write.
  const file = join(directory, "old.env.production");
  await writeFile(file, old.text);
  const empty = await project.stackFile();
  const dry = await project.type("env", ["import", file, ...GIVEN, "--dry-run"]);
  const untouched = (await project.stackFile()) === empty;
  const imported = await project.type("env", ["import", file, ...GIVEN]);
  const carried = (await project.held()).values;
  const made = await project.type("secrets", ["init"]);
  const checked = await project.type("secrets", ["check"]);
  const once = await project.stackFile();
  const again = await project.type("secrets", ["init"]);
  const { values, fingerprints } = await project.held();
  remember(secrets, values);
  return [
    checkOf(
      "a dry run writes nothing, an import writes the old server's own keys, to the letter",
      [
        ...(dry && imported ? [] : [`it failed: ${project.said.slice(-500)}`]),
        ...(untouched ? [] : ["the dry run changed the stack file"]),
        ...Object.entries(old.keys)
          .filter(([key, value]) => carried[key as SecretKey] !== value)
          .map(([key]) => `${key} is not the old one`),
      ],
      `${Object.keys(old.keys).length} keys`,
    ),
    checkOf(
      "`secrets init` makes what is missing and leaves the rest, `check` finds all in order, a second `init` changes nothing",
      [
        ...(made && checked && again ? [] : [`it failed: ${project.said.slice(-500)}`]),
        ...((await project.stackFile()) === once ? [] : ["the second init changed the stack file"]),
        ...Object.entries(old.keys)
          .filter(([key, value]) => values[key as SecretKey] !== value)
          .map(([key]) => `${key} was changed`),
        ...MADE_KEYS.filter((key) => values[key] === undefined).map((key) => `${key} is missing`),
        ...MADE_KEYS.filter((key) => fingerprints[key] === undefined).map(
          (key) => `${key} has no fingerprint`,
        ),
      ],
      `${MADE_KEYS.length} keys with their fingerprints`,
    ),
  ];
}

/** A rotatable key changes together with its pair; a key that must never change does not. */
async function rotating(project: KeysProject, { secrets }: Scene): Promise<Check[]> {
  const before = (await project.held()).values;
  const rotated = ["secretKeyBase", "vapidPrivateKey", "tunnelSecret"];
  const went: boolean[] = [];
  for (const key of rotated) went.push(await project.type("secrets", ["rotate", key, "--yes"]));
  const never = MADE_KEYS.filter((key) => secretRow(key).change === "never");
  const refused: boolean[] = [];
  for (const key of never) refused.push(!(await project.type("secrets", ["rotate", key, "--yes"])));
  const checked = await project.type("secrets", ["check"]);
  const { values } = await project.held();
  remember(secrets, values);
  return [
    checkOf(
      "`secrets rotate` changes what may change and nothing else, and refuses what must never",
      [
        ...(went.every(Boolean) && checked ? [] : [`it failed: ${project.said.slice(-500)}`]),
        ...never.filter((_key, at) => refused[at] !== true).map((key) => `${key} was not refused`),
        ...MADE_KEYS.filter(
          (key) => (values[key] === before[key]) !== (secretRow(key).change === "never"),
        ).map((key) => `${key} is ${values[key] === before[key] ? "as it was" : "another one"}`),
      ],
      `${MADE_KEYS.length - never.length} changed, ${never.length} refused`,
    ),
  ];
}

/** The bundle for disaster recovery: its recipient can open it, and it is complete. */
async function escrowed(
  project: KeysProject,
  { directory }: Scene,
  passphrase: string | undefined,
): Promise<Check> {
  const identity = await generateIdentity();
  const out = join(directory, `${passphrase === undefined ? "service" : "passphrase"}.age`);
  const recipient = await identityToRecipient(identity);
  const written = await project.type("secrets", [
    ...["escrow", "--recipient", recipient, "--out", out],
  ]);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const bundle = parse(
    await decrypter.decrypt(armor.decode(await readFile(out, "utf8")), "text"),
  ) as {
    readonly statePassphrase?: string;
    readonly stackFile: string;
    readonly secrets: Readonly<Record<string, string>>;
  };
  const { values } = await project.held();
  return checkOf(
    "the escrow bundle opens and holds every secret, the stack file and what opens it",
    [
      ...(written ? [] : [`it failed: ${project.said.slice(-500)}`]),
      ...Object.entries(values)
        .filter(([key, value]) => bundle.secrets[`mastodon:${key}`] !== value)
        .map(([key]) => `${key} is not in it`),
      ...(bundle.stackFile === (await project.stackFile()) ? [] : ["another stack file is in it"]),
      ...(bundle.statePassphrase === passphrase ? [] : ["another passphrase is in it"]),
    ],
    `${Object.keys(values).length} secrets`,
  );
}

function remember(
  secrets: NamedSecret[],
  values: Readonly<Partial<Record<SecretKey, string>>>,
): void {
  for (const [name, value] of Object.entries(values))
    if (!secrets.some((known) => known.value === value)) secrets.push({ name, value });
}

function theProject({ project }: Scene): KeysProject {
  if (project === undefined) throw new Error("The drill asked for its project before it was made.");
  return project;
}

/** A server that runs elsewhere. */
interface OldServer {
  /** Its `.env.production`. */
  readonly text: string;
  /** Its keys, by config key. */
  readonly keys: Readonly<Partial<Record<SecretKey, string>>>;
  /** Every secret in its file, with those that are not imported. */
  readonly secrets: readonly NamedSecret[];
}

function oldServer(): OldServer {
  const made = makeSecrets();
  const password = randomBytes(18).toString("base64url");
  const rows = SECRETS.flatMap(({ key, env }) => {
    const value = made[key];
    return env === undefined || value === undefined ? [] : [{ key, env, value }];
  });
  return {
    text: [
      "LOCAL_DOMAIN=example.social",
      "WEB_CONCURRENCY=2",
      "DB_HOST=localhost",
      `DB_PASS=${password}`,
      `DATABASE_URL=postgresql://mastodon:${password}@localhost/mastodon`,
      ...rows.map(({ env, value }) => `${env}=${value}`),
      "",
    ].join("\n"),
    keys: Object.fromEntries(rows.map(({ key, value }) => [key, value])),
    secrets: [
      { name: "the old database's password", value: password },
      ...rows.map(({ key, value }) => ({ name: `${key} of the old server`, value })),
    ],
  };
}
