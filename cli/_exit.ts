/** How the process ends: done, a fault of ours, one of the user's, or interrupted. */
export const EXIT = { done: 0, ours: 1, user: 2, interrupted: 130 } as const;
