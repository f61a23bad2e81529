/**
 * Pulse: a browser that removes the files under a worker can leave it standing still in the midst of a write, for good
 * (docs/spec/store.md ST41). So its page asks now and then whether it hears, and looks for the files where it does not.
 */
export type Watched = {
  /** Resolves when the worker has heard it. */
  readonly ping: () => Promise<void>;
  readonly isStoreGone: () => Promise<boolean>;
};

export const everyMs = 10_000;

/**
 * @param gone once: the worker does not hear, and the files that were there are not. One that is only busy is left
 * alone.
 */
export function watchWorker({ ping, isStoreGone }: Watched, gone: () => void): void {
  /** A store that was never on the disk is not missed. */
  let wasThere = false;
  const timer = setInterval(() => void look(), everyMs);
  void look();

  async function look(): Promise<void> {
    if (wasThere && !(await hears())) {
      if (!(await isStoreGone())) return;
      clearInterval(timer);
      gone();
    } else {
      wasThere ||= !(await isStoreGone());
    }
  }

  function hears(): Promise<boolean> {
    return Promise.race([
      ping().then(
        () => true,
        () => true, // It says that it cannot do what it should.
      ),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), everyMs / 2)),
    ]);
  }
}
