/**
 * Whether this device has an account, for the first frame: the store, which knows, is opened only after it.
 */
const livedHereKey = "yanshu.lived";

/** Whether this device had an account when the app last ran. Decides the first frame, nothing else. */
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
    // A private window refuses storage: the first frame then shows the welcome.
  }
}
