/** Whether signing in takes a second factor, the strictest last (C2). */
export const secondFactorDemands = ['off', 'where-enrolled', 'required'] as const;
export type SecondFactorDemand = (typeof secondFactorDemands)[number];

/** What sensitive work asks of people without a second factor, the strictest last (C3). */
export const elevationProofs = ['password-where-none', 'second-factor'] as const;
export type ElevationProof = (typeof elevationProofs)[number];
