/**
 * Dragging a thing with one finger along one axis. The first few pixels decide between dragging and scrolling. Only
 * touch is handled: for a mouse there are menus and keys.
 */
export type Point = { readonly x: number; readonly y: number };

export type Drag<T> = {
  readonly along: "x" | "y";
  /** Called at touchstart. Returns the thing to drag; undefined: nothing here can be dragged. */
  readonly take: (target: Element, at: Point) => T | undefined;
  /** @param byPx CSS px from the start; negative to the left, and up. */
  readonly move: (thing: T, byPx: number) => void;
  /** The finger was lifted. @param pxPerMs the last speed. `byPx` and `pxPerMs` are 0 after a cancelled touch. */
  readonly drop: (thing: T, byPx: number, pxPerMs: number) => void;
};

/** A shorter movement is a tap or a long press. */
const slackPx = 8;
/** A drag goes this many times further along its axis than across it. */
const alongTimes = 1.5;

/** The axis of a movement from the start; undefined while it is too short to tell. */
export function directionOf({ x, y }: Point): "x" | "y" | "neither" | undefined {
  const [across, down] = [Math.abs(x), Math.abs(y)];
  if (Math.max(across, down) < slackPx) return undefined;
  if (across > down * alongTimes) return "x";
  return down > across * alongTimes ? "y" : "neither";
}

/** Rubber-band effect: beyond `freePx` the thing follows a third of the way. */
export function banded(byPx: number, freePx: number): number {
  return byPx <= freePx ? byPx : freePx + (byPx - freePx) / 3;
}

type Held<T> = { readonly thing: T; readonly from: Point; isMoving: boolean; byPx: number; speed: number; ms: number };

/** Returns a function that removes the listeners. They are passive, so that they never delay scrolling. */
export function onDrag<T>(room: HTMLElement | Document, { along, take, move, drop }: Drag<T>): () => void {
  let held: Held<T> | undefined;

  function down({ target, touches, timeStamp }: TouchEvent): void {
    const [only] = touches;
    if (held?.isMoving === true) drop(held.thing, 0, 0); // A second finger.
    held = undefined;
    if (touches.length !== 1 || only === undefined || !(target instanceof Element)) return;
    const from = { x: only.clientX, y: only.clientY };
    const thing = take(target, from);
    if (thing !== undefined) held = { thing, from, isMoving: false, byPx: 0, speed: 0, ms: timeStamp };
  }

  function moved({ touches, timeStamp }: TouchEvent): void {
    const [only] = touches;
    if (held === undefined || only === undefined) return;
    const by = { x: only.clientX - held.from.x, y: only.clientY - held.from.y };
    if (!held.isMoving) {
      const direction = directionOf(by);
      if (direction === undefined) return;
      if (direction !== along) {
        held = undefined;
        return;
      }
      held.isMoving = true;
    }
    held.speed = (by[along] - held.byPx) / Math.max(1, timeStamp - held.ms);
    held.byPx = by[along];
    held.ms = timeStamp;
    move(held.thing, held.byPx);
  }

  function up(): void {
    if (held?.isMoving === true) drop(held.thing, held.byPx, held.speed);
    held = undefined;
  }

  function away(): void {
    if (held?.isMoving === true) drop(held.thing, 0, 0);
    held = undefined;
  }

  const listeners = [
    ["touchstart", down],
    ["touchmove", moved],
    ["touchend", up],
    ["touchcancel", away],
  ] as const;
  for (const [name, listener] of listeners) room.addEventListener(name, listener as EventListener, { passive: true });
  return () => {
    for (const [name, listener] of listeners) room.removeEventListener(name, listener as EventListener);
  };
}
