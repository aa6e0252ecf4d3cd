import { z } from "zod";
import { line, stamp } from "./values.ts";

/** The key `unlocked`. Its values are written by `npm run unlock`. */
export const unlockedSchema = z
  .record(
    z.string(),
    z
      .strictObject({
        id: line(
          "Id that the resource has in the state; of a Kubernetes object its uid. The entry opens no other.",
          "9cc10173-e9ea-4176-9dbc-a4cee4c4ff30",
        ),
        because: line("Reason, for whoever reads the history.", "grow to large"),
        at: stamp("Time at which it was written, UTC. It tells one unlock from the next."),
      })
      .meta({
        description:
          "One resource, by its logical name, that one update may delete or replace. `npm run unlock` writes it.",
      }),
  )
  .default({})
  .meta({
    description:
      'What one update may delete or replace although it holds data, is protected or serves members. Written by `npm run unlock -- NAME --because "…"`; after that update an entry opens nothing and can go ([policies.md](policies.md)).',
  });

/** Entries of `unlocked`, by logical name. */
export type Unlocked = z.infer<typeof unlockedSchema>;
