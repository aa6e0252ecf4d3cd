/** Finds the source of Debian's packages in this machine's own lists. */

/** Debian's own address, for a machine without a mirror (https://www.debian.org/mirror/list). */
export const DEBIANS_OWN = "http://ftp.debian.org/debian";

/**
 * The address from which this machine gets its own release, because its mirror has the other
 * releases, too.
 * @param files texts of `sources.list` and `*.sources`, in either form (sources.list(5)).
 * @param codename of the machine's release, from `/etc/os-release`; undefined if it isn't Debian's.
 * @returns Debian's own address if the machine has none: another distribution, or no list.
 */
export function debianMirror(files: readonly string[], codename: string | undefined): string {
  if (codename === undefined) return DEBIANS_OWN;
  const sources = files.flatMap((text) => [...oneLineSources(text), ...stanzas(text)]);
  return sources.find(({ suites }) => suites.includes(codename))?.address ?? DEBIANS_OWN;
}

interface Source {
  readonly address: string;
  readonly suites: readonly string[];
}

/** `deb [options] ADDRESS SUITE COMPONENT…` */
function oneLineSources(text: string): readonly Source[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(?<address>\S+)\s+(?<suite>\S+)/gmu)].map(
    ({ groups }) => ({ address: groups?.["address"] ?? "", suites: [groups?.["suite"] ?? ""] }),
  );
}

/** Paragraphs of `URIs:` and `Suites:`. */
function stanzas(text: string): readonly Source[] {
  return text.split(/\n\s*\n/u).flatMap((stanza) => {
    const [address] = wordsOf(stanza, "URIs");
    const off = wordsOf(stanza, "Enabled")[0] === "no";
    return address === undefined || off ? [] : [{ address, suites: wordsOf(stanza, "Suites") }];
  });
}

function wordsOf(stanza: string, field: string): readonly string[] {
  const line = new RegExp(`^${field}:(?<words>.*)$`, "imu").exec(stanza)?.groups?.["words"] ?? "";
  return line.split(/\s+/u).filter(Boolean);
}
