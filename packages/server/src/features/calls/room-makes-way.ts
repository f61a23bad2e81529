/** Which room makes way where all are taken: no place keeps the others out. */
import type { ConnectionLimits } from "../../gateway/connection-limits.ts";
import type { Room } from "./room-connection.ts";

/** Lives at once. */
export const livesMax = { prefix: 16, all: 512 } as const;

/** The oldest empty room of the place that holds most, where that one holds more than `prefix` would then. */
export function whoMakesWay(rooms: ReadonlyMap<string, Room>, prefix: string | undefined): Room | undefined {
  const counts = new Map<string, number>();
  for (const room of rooms.values())
    if (room.prefix !== undefined) counts.set(room.prefix, (counts.get(room.prefix) ?? 0) + 1);
  let most = 1 + (prefix === undefined ? 0 : (counts.get(prefix) ?? 0));
  let found: Room | undefined;
  for (const room of rooms.values()) {
    const count = room.prefix === undefined ? 0 : (counts.get(room.prefix) ?? 0);
    if (room.seats.size > 0 || count <= most) continue;
    most = count;
    found = room;
  }
  return found;
}

/** Where all Lives are taken: the newest of the place that has most, where that has more than `prefix` would then. */
export function liveThatMakesWay(
  rooms: ReadonlyMap<string, Room>,
  lives: ConnectionLimits,
  prefix: string | undefined,
): Room | undefined {
  if (lives.of(prefix) >= livesMax.prefix) return undefined;
  let most = lives.of(prefix) + 1;
  let found: Room | undefined;
  for (const room of rooms.values()) {
    if (room.live === undefined || lives.of(room.prefix) < most) continue;
    if (found === undefined && lives.of(room.prefix) === most) continue;
    most = lives.of(room.prefix);
    found = room;
  }
  return found;
}
