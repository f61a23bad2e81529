/** What the player remembers on this device: the sound, off at first, and whether captions are shown. */
import { signal } from "@preact/signals";

function remembered(key: string, usual: boolean) {
  const now = signal(read(key, usual));
  const set = (isOn: boolean) => {
    now.value = isOn;
    try {
      localStorage.setItem(key, isOn ? "1" : "0");
    } catch {
      // Without storage it holds until the page is closed.
    }
  };
  return { now, set };
}

function read(key: string, usual: boolean): boolean {
  try {
    const found = localStorage.getItem(key);
    return found === null ? usual : found === "1";
  } catch {
    return usual;
  }
}

export const { now: isSoundOn, set: setSoundOn } = remembered("yanshu.channels.sound", false);
export const { now: areCaptionsOn, set: setCaptionsOn } = remembered("yanshu.channels.captions", true);
