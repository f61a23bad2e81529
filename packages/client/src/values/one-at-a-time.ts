/** What takes the microphone or the sound of this device: a call, a Live. One at a time (docs/spec/live.md CA173). */
type Taken = { readonly name: string; readonly is: () => boolean };

const taken = new WeakMap<object, Taken[]>();

/** @param db stands for the device. @param is whether it goes on just now. */
export function takesSound(db: object, name: string, is: () => boolean): void {
  const all = taken.get(db) ?? [];
  taken.set(db, [...all.filter((one) => one.name !== name), { name, is }]);
}

/** Whether something else than `name` goes on. */
export function isSoundTaken(db: object, name: string): boolean {
  return (taken.get(db) ?? []).some((one) => one.name !== name && one.is());
}
