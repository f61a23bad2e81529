export function eachOf<T>(all: readonly T[], jobs: number, work: (one: T, job: number) => Promise<void>): Promise<void>;
