/**
 * Device backups: what the devices of a seed keep beside their disks (docs/spec/store.md ST40), and what went with a
 * disk that was lost.
 */
import type { Hex, Ports } from "@yanshu/client";
import type { Database } from "@yanshu/store";
import type { Person } from "../world/person.ts";
import { standings } from "./disk.ts";

/** By the device's name: what it kept, and where it was when it did. */
export type DeviceBackups = Map<string, { readonly bytes: Uint8Array; readonly whereabouts: string }>;

/** A disk that was lost. */
export type Loss = {
  readonly person: Person;
  readonly atMs: number;
  /** Who the device was. */
  readonly device: Hex | undefined;
  /** Texts that it had and that stood in the vault: conversation and text. */
  readonly had: readonly (readonly [Hex, string])[];
  /** Chats that it had refused: nothing of that is kept anywhere else (GR21.2). */
  readonly refused: ReadonlySet<Hex>;
  /** Who else was in each conversation. */
  readonly others: ReadonlyMap<Hex, readonly Person[]>;
};

/** Nothing is kept any more by a device without power. */
export function deviceBackupsIn(kept: DeviceBackups) {
  return ({ device, disk }: Person, hasPower: () => boolean): NonNullable<Ports["deviceBackup"]> => ({
    read: async () => kept.get(device)?.bytes,
    write: async (bytes) => {
      if (hasPower()) kept.set(device, { bytes: Uint8Array.from(bytes), whereabouts: whereabouts(disk) });
    },
    clear: async () => void (hasPower() && kept.delete(device)),
  });
}

/** In which conversations a device is, by its disk. */
export function whereabouts(disk: Database): string {
  return standings(disk)
    .filter(({ kind, state }) => kind !== "own" && state === "open")
    .map(({ conversation }) => conversation)
    .toSorted()
    .join(" ");
}
