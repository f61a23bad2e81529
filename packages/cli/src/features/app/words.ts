/** What `yanshu app` says. */
import { wordsOf } from "../../words.ts";

export const words = wordsOf(
  {
    "fault.app-home": "Which server? The first time: yanshu app LINK, with an invitation or the address of a server",
    "fault.app-other":
      "The app in {folder} belongs to {home}. For another server choose another --data and another --port",
    "fault.app-port":
      "Port {port} is taken, so the app does not start: another program is there. End that one. Another port: --port",
    "fault.app-absent": "There is no built web app in {folder}. Build it, or choose it with --web",
    "fault.app-refused":
      "The web app in {folder} is not the released one, and is not served: {why}. If you built it yourself: --own-build",
    "fault.update-refused": "What {from} hands out is not taken, and nothing was changed: {why}",
    "fault.update-away": "{origin} hands out no app: {why}",
    "update.behind": "Its log already names a later release, {version}, which was not handed out",
    "update.taken": "Release {version}, signed by {signers}, is here now. yanshu app serves it when it is started next",
    "app.why.absent": "there is no app",
    "app.why.unsigned": "nobody signed it",
    "app.why.too-few": "too few people signed it",
    "app.why.malformed": "its signatures are wrong",
    "app.why.older": "it is older",
    "app.why.rival": "there is another of its version",
    "app.why.unlogged": "it is not in the log of releases that everybody sees",
    "app.why.shorter": "its log of releases is shorter than the one that was seen here",
    "app.why.split":
      "its log of releases is another than the one that was seen here, so one of the two was made for some people alone. Tell others, and show them {file}",
    "app.why.different": "other files: {paths}",
    "app.released": "The app is release {version}, signed by {signers}. None of its code comes from {home}",
    "app.test": "These are the test keys, which everybody has: the signatures prove nothing",
    "app.own": "The app was built here, and nobody signed it. None of its code comes from {home}",
    "app.in-browser":
      "This account is kept in the browser, as an earlier version did. To keep one here, choose another --data and --port and link it as a new device",
    "app.open": "Open this in a browser of this computer, once, and keep the program running while you use it:",
    "app.opened-first": "A browser is open. If it is not yours, end this program. For one more:",
    "app.opened-again":
      "Somebody tried an address that was opened before. If it was not you, end this program. For one more:",
  },
  {
    "fault.app-home": "哪一台服务器？第一次请写：yanshu app 链接，用邀请或服务器的地址",
    "fault.app-other": "{folder} 里的应用属于 {home}。另一台服务器请另选 --data 和 --port",
    "fault.app-port": "端口 {port} 已经有别的程序用着，所以没有启动。请先关掉它。换一个端口：--port",
    "fault.app-absent": "{folder} 里没有编译好的网页应用。先编译，或用 --web 指定",
    "fault.app-refused": "{folder} 里的网页应用不是发布的那份，没有启动：{why}。是你自己编译的就加上 --own-build",
    "fault.update-refused": "{from} 给的没有收，什么都没改：{why}",
    "fault.update-away": "{origin} 那里取不到应用：{why}",
    "update.behind": "它的发布记录里已经有更新的 {version}，却没有给出",
    "update.taken": "发布的 {version} 版收好了，{signers} 签了名。下次启动 yanshu app 就用它",
    "app.why.absent": "没有应用",
    "app.why.unsigned": "没有人签名",
    "app.why.too-few": "签名的人不够",
    "app.why.malformed": "签名不对",
    "app.why.older": "太旧",
    "app.why.rival": "同一个版本号有另一份",
    "app.why.unlogged": "不在人人看得到的发布记录里",
    "app.why.shorter": "它的发布记录比这里看过的短",
    "app.why.split": "它的发布记录和这里看过的不是同一本，其中一本是专门给一些人看的。请告诉别人，把 {file} 给他们看",
    "app.why.different": "不一样的文件：{paths}",
    "app.released": "应用是发布的 {version} 版，{signers} 签了名。没有一点代码来自 {home}",
    "app.test": "这是测试用的钥匙，人人都有：签名什么也证明不了",
    "app.own": "应用是在这里编译的，没有人签名。没有一点代码来自 {home}",
    "app.in-browser":
      "这个账号存在浏览器里，是早先的版本留下的。想存在这里，请另选 --data 和 --port，当作一台新设备连上",
    "app.open": "在这台电脑的浏览器里打开它，只能打开一次；用的时候让这个程序一直开着：",
    "app.opened-first": "有一个浏览器打开了。不是你的，就结束这个程序。再开一个：",
    "app.opened-again": "有人用了已经打开过的地址。不是你，就结束这个程序。再开一个：",
  },
);
