/** The profiles, by the number of members that they are meant for, fewest first. */
export const PROFILE_NAMES = ["solo", "small", "medium", "large"] as const;

/** Name of a profile. */
export type ProfileName = (typeof PROFILE_NAMES)[number];
