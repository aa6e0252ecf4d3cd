/**
 * The right to open the stack's secrets in CI: a passphrase from the environment's secrets, or a
 * key service that takes GitHub's identity token. The stack file says which of them it is.
 */

/** The environment of a job, as far as this file reads it. */
export type JobEnvironment = Readonly<Record<string, string | undefined>>;

/** Environment variables for Pulumi, and a file that must be there before it starts. */
export interface Access {
  readonly environment: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** The name of the profile that `awskms://…?profile=key-service` must name. */
export const PROFILE = "key-service";

/** Audience of the identity token (https://docs.github.com/en/actions/reference/security/oidc). */
const AUDIENCE = "sts.amazonaws.com";

/** A top-level key of a stack file; the YAML package is not installed where a secret is. */
function keyOf(stackFile: string, key: string): string | undefined {
  const [, value] = new RegExp(`^${key}:[ \\t]*(.+)$`, "mu").exec(stackFile) ?? [];
  return value?.trim().replace(/^(["'])(.*)\1$/u, "$2");
}

/**
 * Returns the environment variables and files that Pulumi needs to open the secrets of a stack.
 * @param folder where files may be written that only this job reads.
 * @throws Error that names what is not set, and where to set it.
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
  // Another service's own login action comes before this command, in the same job.
  if (!provider.startsWith("awskms:")) return { environment: {}, files: {} };
  const role = environment["KEY_SERVICE_ROLE"];
  if (!role)
    throw new Error(
      `The secrets of Pulumi.${stack}.yaml are encrypted by AWS KMS, and the variable KEY_SERVICE_ROLE is empty. Set it to the ARN of the role that this job's environment may take: docs/operate.md, "GitHub's settings".`,
    );
  // The state's key stands in AWS_ACCESS_KEY_ID: only a profile that is named goes before it
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
