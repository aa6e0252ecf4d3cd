import type { JobEnvironment } from "./job.ts";

/**
 * Access to the stack's secrets in CI: a passphrase from the environment's secrets, or a key
 * service that accepts GitHub's identity token. The stack file specifies which.
 */

/** Environment variables for Pulumi, and files that must exist before it starts. */
export interface Access {
  readonly environment: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Profile that `awskms://…?profile=key-service` must name. */
export const PROFILE = "key-service";

/** Audience of the identity token (https://docs.github.com/en/actions/reference/security/oidc). */
const AUDIENCE = "sts.amazonaws.com";

/**
 * Reads a top-level key of a stack file. The YAML package is not installed in jobs that hold
 * secrets.
 */
function keyOf(stackFile: string, key: string): string | undefined {
  const [, value] = new RegExp(`^${key}:[ \\t]*(.+)$`, "mu").exec(stackFile) ?? [];
  return value?.trim().replace(/^(["'])(.*)\1$/u, "$2");
}

/**
 * Returns the environment variables and files that Pulumi needs to decrypt the secrets of a stack.
 * @param folder a folder that only this job can read.
 * @throws Error that names the missing setting and its place.
 */
export async function accessTo(
  stack: string,
  stackFile: string,
  environment: JobEnvironment,
  folder: string,
  ask: typeof fetch = fetch,
): Promise<Access> {
  const provider = keyOf(stackFile, "secretsprovider");
  if (provider === undefined || provider === "passphrase") {
    if (!environment["PULUMI_CONFIG_PASSPHRASE"])
      throw new Error(
        `The secrets of Pulumi.${stack}.yaml are encrypted by a passphrase, and PULUMI_CONFIG_PASSPHRASE is empty. Set it as a secret of this job's environment: docs/operate.md, "GitHub's settings".`,
      );
    return { environment: {}, files: {} };
  }
  // For another service its own login action runs before this command, in the same job.
  if (!provider.startsWith("awskms:")) return { environment: {}, files: {} };
  const role = environment["KEY_SERVICE_ROLE"];
  if (!role)
    throw new Error(
      `The secrets of Pulumi.${stack}.yaml are encrypted by AWS KMS, and the variable KEY_SERVICE_ROLE is empty. Set it to the ARN of the role that this job's environment may take: docs/operate.md, "GitHub's settings".`,
    );
  // AWS_ACCESS_KEY_ID has the key of the state. Only a named profile has precedence over it
  // (aws/aws-sdk-go-v2 `config/resolve_credentials.go`, v1.32.31).
  if (!provider.includes(`profile=${PROFILE}`))
    throw new Error(
      `secretsprovider in Pulumi.${stack}.yaml names no profile, so AWS KMS would be asked with the key of the state's bucket. Change it: pulumi stack change-secrets-provider "awskms://KEY?region=REGION&awssdk=v2&profile=${PROFILE}".`,
    );
  const url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const bearer = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (!url || !bearer)
    throw new Error(
      "GitHub offers no identity token to this job. Add `id-token: write` to its permissions.",
    );
  const answer = await ask(`${url}&audience=${AUDIENCE}`, {
    headers: { authorization: `bearer ${bearer}` },
  });
  if (!answer.ok) throw new Error(`GitHub answered ${answer.status} to the job's own question.`);
  const { value } = (await answer.json()) as { readonly value: string };
  const token = `${folder}/identity-token`;
  const config = `${folder}/aws-config`;
  return {
    environment: { AWS_CONFIG_FILE: config },
    files: {
      [token]: value,
      [config]: `[profile ${PROFILE}]\nrole_arn = ${role}\nweb_identity_token_file = ${token}\n`,
    },
  };
}
