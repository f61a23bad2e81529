/**
 * Whether this device shows notifications, and with names or without. This reveals nothing about people, so it is kept
 * in localStorage, like the other preferences of the device.
 */
import { effect, signal } from "@preact/signals";

const storageKey = "yanshu.notices";
type Stored = { on?: boolean; names?: boolean };

function readStored(): Stored {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Stored;
  } catch {
    return {}; // A private window may refuse storage; the defaults apply.
  }
}

const stored = readStored();
/** Whether the person turned notifications on here. */
export const isWanted = signal(stored.on === true);
/** Whether a notification shows who wrote, and the beginning. */
export const showsNames = signal(stored.names !== false);

effect(() => {
  const kept: Stored = { on: isWanted.value, names: showsNames.value };
  try {
    localStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // A private window may refuse storage.
  }
});
