/** Random numbers, made 256 at once: each call into the system costs more than all of them. */
import { randomFillSync } from "node:crypto";

/** @returns draws one: whole, from 0 up to 2³² − 1. */
export function drawing(): () => number {
  const drawn = new Uint32Array(256);
  let left = 0;
  return () => {
    if (left === 0) left = randomFillSync(drawn).length;
    return drawn[--left] as number;
  };
}
