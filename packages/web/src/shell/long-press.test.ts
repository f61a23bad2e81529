/** A long press: a finger that stays, a right click, the Menu key; never the click that follows. */
import { expect, test } from "bun:test";
import { createPress } from "./long-press.ts";

const finger = (clientX: number, clientY: number) =>
  ({ pointerType: "touch", isPrimary: true, clientX, clientY }) as PointerEvent;
const longerThanAPress = 400;

function pressable() {
  const asked: [number, number][] = [];
  const press = createPress((x, y) => asked.push([x, y]));
  const click = () => {
    let isSwallowed = false;
    press.onClickCapture({
      preventDefault: () => {
        isSwallowed = true;
      },
      stopPropagation: () => undefined,
    } as MouseEvent);
    return isSwallowed;
  };
  const menu = (clientX: number, clientY: number) =>
    press.onContextMenu({
      clientX,
      clientY,
      preventDefault: () => undefined,
      currentTarget: { getBoundingClientRect: () => ({ left: 100, top: 50, width: 40, height: 20 }) },
    } as unknown as MouseEvent);
  return { asked, press, click, menu };
}

test("[WE13] a finger that stays asks once, and its click opens nothing", async () => {
  globalThis.getSelection ??= () => null;
  const { asked, press, click, menu } = pressable();
  press.onPointerDown(finger(30, 40));
  press.onPointerMove(finger(33, 44));
  await Bun.sleep(longerThanAPress);
  menu(30, 40); // Android's own long press comes later.
  expect(asked).toEqual([[30, 40]]);
  press.onPointerUp();
  expect(click()).toBe(true);
  expect(click()).toBe(false);
});

test("[WE13] a finger that moves 8 px scrolls, and a short one taps", async () => {
  const { asked, press, click } = pressable();
  press.onPointerDown(finger(30, 40));
  press.onPointerMove(finger(30, 52));
  await Bun.sleep(longerThanAPress);
  press.onPointerDown(finger(30, 40));
  press.onPointerUp();
  await Bun.sleep(longerThanAPress);
  expect(asked).toEqual([]);
  expect(click()).toBe(false);
});

test("[WE13] a right click asks at the pointer, the Menu key at the thing itself", () => {
  globalThis.getSelection ??= () => null;
  const { asked, menu } = pressable();
  menu(7, 9);
  menu(0, 0);
  expect(asked).toEqual([
    [7, 9],
    [120, 60],
  ]);
});
