import { z } from "zod";
import { shortHash, stamp } from "./values.ts";

/** The key `escrow`. `npm run secrets -- escrow` writes it. */
export const escrowSchema = z
  .strictObject({
    at: stamp("Time at which the newest bundle was written, UTC."),
    of: shortHash(
      "Hash of what stood encrypted in this file then, of its salt, and of `backup.recipient`.",
      "a hash as `npm run secrets -- escrow` writes it",
    ),
  })
  .optional()
  .meta({
    description:
      "The newest escrow bundle, by which `npm run doctor` knows whether a secret has changed since. Written by `npm run secrets -- escrow`, never by hand.",
  });
