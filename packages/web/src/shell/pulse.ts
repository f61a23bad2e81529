/**
 * Pulse: a browser that deletes the store's files under a running worker can leave the worker blocked in a write
 * forever (docs/spec/store.md ST41). So the page pings the worker, and looks for the files when it does not respond.
 */
export type Watched = {
  /** Resolves when the worker responds. */
  readonly ping: () => Promise<void>;
  readonly isStoreGone: () => Promise<boolean>;
};

export const everyMs = 10_000;

/**
 * @param gone called once, when the worker does not respond and the files, which were there before, are gone. A worker
 * that is only busy has its files, and is left alone.
 */
export function watchWorker({ ping, isStoreGone }: Watched, gone: () => void): void {
  /** Whether the files were seen: a store that was never on the disk cannot be gone. */
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
        () => true, // A refusal is a response.
      ),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), everyMs / 2)),
    ]);
  }
}
