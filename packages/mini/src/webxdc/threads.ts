/**
 * Threads of an app (docs/spec/programs.md PR66): laid before it begins, as the guard is, and calls nothing that it can
 * change.
 */

/** So many run at once: more would leave no processor to the app's page. */
const threadsMax = 4;

/** Counts the threads that an app begins. Neither a class below nor the name of one that is there leads past it. */
export function fewThreads(call: (make: unknown, of: unknown, ...given: readonly unknown[]) => unknown): void {
  const first = self.Worker;
  const { construct } = Reflect;
  const { has, add, delete: take } = WeakSet.prototype;
  const { terminate } = first.prototype;
  const running = new WeakSet();
  let count = 0;
  function Few(this: unknown, ...given: unknown[]): unknown {
    // @checks PR66
    if (count >= threadsMax) throw new RangeError("too many threads");
    const made: unknown = construct(first, given, new.target ?? first);
    count += 1;
    call(add, running, made);
    return made;
  }
  Object.defineProperty(Few, "prototype", { value: first.prototype });
  set(first.prototype, "constructor", Few);
  set(first.prototype, "terminate", function (this: unknown) {
    call(terminate, this);
    if (call(has, running, this) !== true) return;
    call(take, running, this);
    count -= 1;
  });
  set(self, "Worker", Few);
}

function set(of: object, name: string, value: unknown): void {
  Object.defineProperty(of, name, { value, writable: true, configurable: true });
}
