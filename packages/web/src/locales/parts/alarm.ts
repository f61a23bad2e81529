/** The words for when the server hands out another program, or has the browser forget everything (docs/spec/web.md WE10, WE35). */
const zhHans = {
  "alarm.swapped": "服务器上的程序被换过了",
  "alarm.swappedWhat": "服务器发来的雁书，跟你装的不是同一个。这个窗口里还是原来的，不会自己换过去，也不再从服务器取东西。",
  "alarm.swappedDo": "先别关这个窗口，也别刷新：再打开的，就可能是换过的那个了。现在把聊天、照片和联系人存一份，然后打电话问问架服务器的人。",
  "alarm.wiped": "浏览器里的雁书被清空了",
  "alarm.wipedWhat": "可能是服务器叫浏览器把一切都忘掉，也可能是有人清了浏览器的数据。这个窗口里还都在。",
  "alarm.wipedDo": "先别关它，也别刷新。把聊天、照片和联系人存一份，再重新打开。",
  "alarm.locked": "雁书上了锁，这里存不了。先别解锁：输进去的密码，可能会给换过的程序看到。",
  "alarm.saved": "存好了。换一台设备、换一个服务器，都看得了。",
  "alarm.anew": "重新打开雁书",
};
export type AlarmId = keyof typeof zhHans;

const zhHant: Record<AlarmId, string> = {
  "alarm.swapped": "伺服器上的程式被換過了",
  "alarm.swappedWhat": "伺服器發來的雁書，跟你裝的不是同一個。這個視窗裡還是原來的，不會自己換過去，也不再從伺服器取東西。",
  "alarm.swappedDo": "先別關這個視窗，也別重新整理：再打開的，就可能是換過的那個了。現在把聊天、照片和聯絡人存一份，然後打電話問問架伺服器的人。",
  "alarm.wiped": "瀏覽器裡的雁書被清空了",
  "alarm.wipedWhat": "可能是伺服器叫瀏覽器把一切都忘掉，也可能是有人清了瀏覽器的資料。這個視窗裡還都在。",
  "alarm.wipedDo": "先別關它，也別重新整理。把聊天、照片和聯絡人存一份，再重新打開。",
  "alarm.locked": "雁書上了鎖，這裡存不了。先別解鎖：輸進去的密碼，可能會給換過的程式看到。",
  "alarm.saved": "存好了。換一台裝置、換一個伺服器，都看得了。",
  "alarm.anew": "重新打開雁書",
};

const en: Record<AlarmId, string> = {
  "alarm.swapped": "The server’s app was swapped",
  "alarm.swappedWhat":
    "The server sent a Yanshu that isn’t the one you have. This window is still yours: it won’t turn to the other one by itself, and takes nothing more from the server.",
  "alarm.swappedDo":
    "Don’t close this window and don’t reload it: what opens next could be the swapped one. Save your chats, photos and contacts now, then call whoever runs the server.",
  "alarm.wiped": "Yanshu was erased from this browser",
  "alarm.wipedWhat":
    "The server may have told the browser to forget everything, or somebody cleared the browser’s data. In this window it is all still here.",
  "alarm.wipedDo": "Don’t close it and don’t reload it yet. Save your chats, photos and contacts, then open Yanshu again.",
  "alarm.locked": "Yanshu is locked, so nothing can be saved here. Don’t unlock it yet: a swapped app could see what you type.",
  "alarm.saved": "Saved. You can read it on another device, or on another server.",
  "alarm.anew": "Open Yanshu again",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
