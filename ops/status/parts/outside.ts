import type { Checked } from "../../rebuild/verify.ts";
import { told, type Part } from "../part.ts";

/** Days before the end of a certificate from which it is named. Cloudflare renews it earlier. */
const DAYS_BEFORE_END = 14;
const DAY_MS = 86_400_000;

interface Outside {
  readonly checked: Checked;
  /** Undefined: it was not shown. */
  readonly certificate: Date | undefined;
  readonly now: Date;
}

/** The server as a visitor and another server meet it. */
export const outside: Part<Outside> = {
  name: "well",
  async ask(scene) {
    const { webDomain } = await scene.config();
    const [checked, certificate] = await Promise.all([
      scene.fromOutside(),
      scene.certificateEnd(webDomain).catch(() => undefined),
    ]);
    return { checked, certificate, now: scene.now() };
  },
  tell({ checked: { faults, well }, certificate, now }) {
    const days = certificate && Math.floor((certificate.getTime() - now.getTime()) / DAY_MS);
    const ends = `the certificate ends in ${days} days`;
    const endsSoon = days !== undefined && days < DAYS_BEFORE_END;
    return told(
      [...faults, ...(endsSoon ? [`${ends}: Cloudflare, SSL/TLS, Edge Certificates`] : [])],
      [
        ...(well.length === 0 ? [] : [`${well.join(", ")}: asked from here, and right`]),
        ...(days === undefined || endsSoon ? [] : [ends]),
      ],
    );
  },
};
