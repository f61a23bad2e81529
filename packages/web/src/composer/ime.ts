/**
 * IME guard: tells an Enter that means "send" from one that picks a Chinese candidate.
 *
 * Chromium and Firefox send keydown (229, or isComposing) before compositionend; WebKit sends
 * compositionend first and then a keydown that looks like any other. So an Enter within a moment of the
 * end of composing belongs to the composing too.
 */
const afterCompositionMs = 30;

export type EnterKey = { readonly isComposing: boolean; readonly keyCode: number; readonly timeStamp: number };

export function createImeGuard() {
  let composing = false;
  let endedAt = Number.NEGATIVE_INFINITY;
  return {
    started(): void {
      composing = true;
    },
    ended(timeStamp: number): void {
      composing = false;
      endedAt = timeStamp;
    },
    isComposing: (): boolean => composing,
    /** Whether this Enter is the IME's, not ours. */
    owns(key: EnterKey): boolean {
      return composing || key.isComposing || key.keyCode === 229 || key.timeStamp - endedAt < afterCompositionMs;
    },
  };
}
export type ImeGuard = ReturnType<typeof createImeGuard>;
