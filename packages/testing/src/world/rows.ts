/** What a device's disk holds of a conversation, where no screen tells; and what a test writes there. */
import { fromHex } from "@yanshu/wire";
import type { Person } from "./person.ts";

export function foundingOf(person: Person, conversation: string): number | undefined {
  return person.disk.get<{ founding: number }>(
    "SELECT founding FROM conversations WHERE conversation = ?",
    fromHex(conversation),
  )?.founding;
}

/** Kinds of what is planned. */
export function jobsOf(person: Person, conversation: string): readonly string[] {
  return person.disk
    .all<{ kind: string }>("SELECT kind FROM jobs WHERE conversation = ?", fromHex(conversation))
    .map(({ kind }) => kind);
}

/** Off, and stopped as by a gate that denied what the device holds: once switched on it founds anew, if it may. */
export function stopAtGate(person: Person, conversation: string): void {
  person.crash();
  person.disk.run("UPDATE conversations SET frozen = 'gate' WHERE conversation = ?", fromHex(conversation));
}
