/**
 * Whether somebody lives on this device, for the first frame: the store that knows is opened after it.
 */
const livedHereKey = "yanshu.lived";

/** Whether somebody lived here when the window was last closed: decides the first frame, nothing else. */
export function livedHere(): boolean {
  try {
    return localStorage.getItem(livedHereKey) === "1";
  } catch {
    return false;
  }
}

export function rememberLife(lives: boolean): void {
  try {
    localStorage.setItem(livedHereKey, lives ? "1" : "0");
  } catch {
    // A private window: the first frame shows the welcome then.
  }
}
