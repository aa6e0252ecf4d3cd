import { z } from "zod";
import { flag, hostName } from "./values.ts";

/** The key `federation`. */
export const federationSchema = z
  .strictObject({
    authorizedFetch: flag(
      "`AUTHORIZED_FETCH`: other servers must sign when they fetch posts, so that blocked ones get none. Costs CPU, since nothing is cached for them.",
    ),
    limited: flag(
      "`LIMITED_FEDERATION_MODE`: only with servers that the admin page allows, and no public pages. **Switching it on an old server wants `tootctl domains purge --limited-federation-mode`, which deletes what it knows of all others.**",
    ),
    singleUser: flag(
      "`SINGLE_USER_MODE`: the front page is the first account's profile, and nobody can sign up.",
    ),
    apiForMembersOnly: flag(
      "`DISALLOW_UNAUTHENTICATED_API_ACCESS`: who is not signed in sees no profile and no post; links to them show an error.",
    ),
    alternateDomains: z.array(hostName("A domain.")).default([]).meta({
      description:
        "`ALTERNATE_DOMAINS`: other names by which members may be addressed; each must lead here.",
    }),
  })
  .prefault({})
  .meta({ description: "Who may see what. Left out, everything public is." });
