/**
 * Fair: places for what people ask, of which nobody takes another's (docs/spec/programs.md PR58). Who has fewest under
 * way comes first, and of those who was served longest ago.
 */
type Work<T> = { readonly run: () => Promise<T>; readonly done: (value: Promise<T> | undefined) => void };
type Turn<T> = { underWay: number; readonly waiting: Work<T>[] };

export function fairPlaces<T>(limits: {
  readonly atOnce: number;
  /** Of one person, at once and waiting. */
  readonly eachAtOnce: number;
  readonly eachWaiting: number;
  readonly waiting: number;
}) {
  /** In the order in which they were served. */
  const turns = new Map<string, Turn<T>>();
  let underWay = 0;

  const waitingInAll = () => [...turns.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  const busiest = () =>
    [...turns.values()].reduce((one, other) => (other.waiting.length > one.waiting.length ? other : one));

  function begin(): void {
    while (underWay < limits.atOnce) {
      const able = [...turns].filter(([, turn]) => turn.waiting.length > 0 && turn.underWay < limits.eachAtOnce);
      const fewest = Math.min(...able.map(([, turn]) => turn.underWay));
      const [who, turn] = able.find(([, one]) => one.underWay === fewest) ?? [];
      const work = turn?.waiting.shift();
      if (who === undefined || turn === undefined || work === undefined) return;
      underWay += 1;
      turn.underWay += 1;
      turns.delete(who);
      turns.set(who, turn);
      const result = work.run();
      work.done(result);
      const over = () => {
        underWay -= 1;
        turn.underWay -= 1;
        if (turn.underWay === 0 && turn.waiting.length === 0) turns.delete(who);
        begin();
      };
      void result.then(over, over);
    }
  }

  /** Resolves with undefined where too much of theirs waits. @checks PR58 */
  return (who: string, run: () => Promise<T>): Promise<T | undefined> => {
    const turn = turns.get(who) ?? { underWay: 0, waiting: [] };
    if (turn.waiting.length >= limits.eachWaiting) return Promise.resolve(undefined);
    turns.set(who, turn);
    const { promise, resolve: done } = Promise.withResolvers<T | undefined>();
    turn.waiting.push({ run, done });
    begin();
    // The last one of who has most waiting makes room.
    if (waitingInAll() > limits.waiting) busiest().waiting.pop()?.done(undefined);
    return promise;
  };
}
