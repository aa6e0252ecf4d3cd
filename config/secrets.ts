import type * as pulumi from "@pulumi/pulumi";

/**
 * The secrets that an operator holds, as Outputs: never text that could be printed. Config keys are the same names; formats are in
 * the head of `Pulumi.prod.yaml`.
 */
export interface StackSecrets {
  /** `SECRET_KEY_BASE`: 128 hex digits. Lost or changed: all sessions end. */
  readonly secretKeyBase: pulumi.Output<string>;
  /** `ACTIVE_RECORD_ENCRYPTION_*`: 32 letters and digits each. Never change: two-factor logins become unreadable. */
  readonly activeRecordPrimaryKey: pulumi.Output<string>;
  readonly activeRecordDeterministicKey: pulumi.Output<string>;
  readonly activeRecordKeyDerivationSalt: pulumi.Output<string>;
  /** `VAPID_*`: a P-256 pair in URL-safe base64. Lost: every member must subscribe to push again. */
  readonly vapidPrivateKey: pulumi.Output<string>;
  readonly vapidPublicKey: pulumi.Output<string>;
  /** The tunnel's secret: base64 of 32 bytes or more. */
  readonly tunnelSecret: pulumi.Output<string>;
  /** The webhook of `alerts.slackChannel`. Who has it can post there. */
  readonly slackWebhook?: pulumi.Output<string>;
}

/** The config keys of the secrets, in the order in which they are asked for. */
export const SECRET_KEYS = [
  "secretKeyBase",
  "activeRecordPrimaryKey",
  "activeRecordDeterministicKey",
  "activeRecordKeyDerivationSalt",
  "vapidPrivateKey",
  "vapidPublicKey",
  "tunnelSecret",
] as const satisfies readonly (keyof StackSecrets)[];

/** The config keys of the secrets that only some configurations need. */
export const OPTIONAL_SECRET_KEYS = [
  "slackWebhook",
] as const satisfies readonly (keyof StackSecrets)[];
