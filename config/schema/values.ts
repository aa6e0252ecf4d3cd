import { z } from "zod";

/** Kinds of values that several parts of the configuration share. Each says in words what it allows; the faults are made of them. */

/** A DNS name without scheme, port or trailing dot. */
export const hostName = (description: string) =>
  z
    .string()
    .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/u)
    .meta({
      description,
      allowed: "a host name in lower case, without scheme, port or a dot at its end",
      examples: ["example.social"],
    });

/** Whole numbers between two bounds, both included. */
export const whole = (min: number, max: number, example: number, description: string) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ description, examples: [example] });

/** GiB in steps of 10, as DigitalOcean rounds them anyway. */
export const tensOfGib = (min: number, max: number, example: number, description: string) =>
  z
    .int()
    .min(min)
    .max(max)
    .multipleOf(10)
    .meta({
      description,
      allowed: `a multiple of 10 from ${min} to ${max}, without quotes`,
      examples: [example],
    });

/** An hour of the day, UTC. */
export const hourUtc = (example: number, description: string) => whole(0, 23, example, description);
