/**
 * Outlet: what of a program's thread reaches the page that draws, and how often (docs/spec/programs.md PR49). A thread
 * can say more in a second than a page reads in a minute, and all of it would lie before what the page has to do.
 */

/** What stands in place of more than may be said at once: the frame ends the program by it. */
export const tooMuch = "[]";

/**
 * Says everything as one text of JSON: how much a text is, the frame knows before it reads it. A value of its own would
 * be built there first, however large.
 *
 * @param stringify is called in the program's realm, and was taken before the program ran: what it returns is a text.
 */
export function inText<T>(
  pass: (text: string) => void,
  charactersMax: number,
  stringify: (one: T) => string,
): (one: T) => void {
  return (one) => {
    const text = stringify(one);
    pass(text.length > charactersMax ? tooMuch : text);
  };
}

/**
 * Lets so many pass in a second, and the first one beyond them, by which the frame knows that it is too much.
 *
 * @param now milliseconds. It and `pass` are called in the program's realm, where any other name may be the program's.
 */
export function outlet<T>(pass: (one: T) => void, now: () => number, perSecondMax: number): (one: T) => void {
  let since = now();
  let count = 0;
  return (one) => {
    const time = now();
    if (time - since > 1_000) {
      since = time;
      count = 0;
    }
    count += 1;
    if (count <= perSecondMax + 1) pass(one);
  };
}
