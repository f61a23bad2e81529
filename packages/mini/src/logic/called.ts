/**
 * Called: how a call of `wx` ends (docs/spec/programs.md PR8). As in WeChat, `success`, `fail` and `complete` are
 * called in a later turn, and without any of them the call returns a promise.
 */
export type Options = Readonly<Record<string, unknown>>;
export type Result = Readonly<Record<string, unknown>>;
export type Fault = (where: string, error: unknown) => void;
export type Ending = {
  readonly ok: (options: unknown, name: string, result?: Result) => unknown;
  readonly fail: (options: unknown, name: string, why: string) => unknown;
  /** Ends when `result` does. */
  readonly later: (options: unknown, name: string, result: Promise<Result>) => unknown;
};

export function optionsOf(options: unknown): Options {
  return typeof options === "object" && options !== null ? (options as Options) : {};
}

export function endings(fault: Fault): Ending {
  const tell = (options: unknown, which: "success" | "fail", name: string, result: Result): void => {
    for (const callback of [which, "complete"]) {
      const listener = optionsOf(options)[callback];
      if (typeof listener !== "function") continue;
      try {
        listener(result);
      } catch (error) {
        fault(`${name} ${callback}`, error);
      }
    }
  };
  const hasListener = (options: unknown) => {
    const { success, fail, complete } = optionsOf(options);
    return [success, fail, complete].some((one) => typeof one === "function");
  };
  const later: Ending["later"] = (options, name, result) => {
    const ended = result.then(
      (said) => ({ isOk: true, said: { ...said, errMsg: `${name}:ok` } as Result }),
      (why: unknown) => ({
        isOk: false,
        said: { errMsg: `${name}:fail ${why instanceof Error ? why.message : ""}`.trim(), errCode: -1 } as Result,
      }),
    );
    if (hasListener(options)) {
      void ended.then(({ isOk, said }) => tell(options, isOk ? "success" : "fail", name, said));
      return undefined;
    }
    const promise = ended.then(({ isOk, said }) => (isOk ? said : Promise.reject(said)));
    // A program that waits for no answer is not at fault when there is none.
    promise.catch(() => undefined);
    return promise;
  };
  return {
    ok: (options, name, result = {}) => later(options, name, Promise.resolve(result)),
    fail: (options, name, why) => later(options, name, Promise.reject(new Error(why))),
    later,
  };
}
