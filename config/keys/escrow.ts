import { z } from "zod";

/** The key `escrow`. `npm run secrets -- escrow` writes it. */
export const escrowSchema = z
  .strictObject({
    at: z
      .string()
      .regex(/^\d{8}T\d{6}Z$/u)
      .meta({
        description: "Time at which the newest bundle was written, UTC.",
        allowed: "a time in UTC as YYYYMMDDThhmmssZ",
        examples: ["20261129T120000Z"],
      }),
    of: z
      .string()
      .regex(/^v1-[0-9a-f]{24}$/u)
      .meta({
        description:
          "Hash of what stood encrypted in this file then, of its salt, and of `backup.recipient`.",
        allowed: "a hash as `npm run secrets -- escrow` writes it",
        examples: ["v1-0123456789abcdef01234567"],
      }),
  })
  .optional()
  .meta({
    description:
      "The newest escrow bundle, by which `npm run doctor` knows whether a secret has changed since. Written by `npm run secrets -- escrow`, never by hand.",
  });
