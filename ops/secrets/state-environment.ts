/** Settings for state and passphrase in an operator's environment. */
export interface StateEnvironment {
  readonly PULUMI_CONFIG_PASSPHRASE?: string | undefined;
  readonly PULUMI_CONFIG_PASSPHRASE_FILE?: string | undefined;
  readonly PULUMI_BACKEND_URL?: string | undefined;
  /** File with the age identity of the dumps. */
  readonly BACKUP_IDENTITY_FILE?: string | undefined;
}
