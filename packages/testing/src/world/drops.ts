/** Drops: pushes that the operator swallows, as if they had been delivered, or spoils. */
import type { World } from "./world.ts";

export const pushFrame = 0xc0;
const modeAt = 9;
const modes = { deposit: 0, application: 1, commit: 2, create: 3 } as const;

export function isPushOf(frame: Uint8Array, mode: keyof typeof modes): boolean {
  return frame[0] === pushFrame && frame[modeAt] === modes[mode];
}

/** The next push of a kind for a device is gone. Returns how many are gone so far. */
export function dropPush(world: World, device: string, mode: keyof typeof modes): () => number {
  let dropped = 0;
  world.network.meddle(device, (frame) => {
    if (!isPushOf(frame, mode) || dropped > 0) return [frame];
    dropped++;
    return [];
  });
  return () => dropped;
}

/** The next commit for a device comes spoilt by the operator: it cannot open it, and all others can. */
export function spoilCommit(world: World, device: string): void {
  let isSpoilt = false;
  world.network.meddle(device, (frame) => {
    if (!isPushOf(frame, "commit") || isSpoilt) return [frame];
    isSpoilt = true;
    const last = frame.length - 1; // The envelope ends the frame.
    return [frame.with(last, (frame[last] as number) ^ 1)];
  });
}
