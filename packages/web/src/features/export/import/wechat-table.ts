/**
 * Tables (CSV, RFC 4180) of WeChatMsg
 * (`localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark, NickName,Sender`), of its
 * forks, of PyWxDump and chatlog: known by the names of their columns. Pure.
 */
import { ImportError, importLimits } from "./imported.ts";
import { type Found, momentOf, nameOf, type Reader, saidIn } from "./wechat-parts.ts";

type Column = "time" | "said" | "mine" | "kind" | "chat" | "remark" | "name" | "id";

/** The first of them that a table has is the one. */
const called: Readonly<Record<Column, readonly string[]>> = {
  time: [
    "createtime",
    "timestamp",
    "strtime",
    "时间",
    "發送時間",
    "发送时间",
    "日期时间",
    "datetime",
    "time",
    "date",
    "日期",
  ],
  said: ["strcontent", "内容", "消息内容", "訊息內容", "內容", "content", "message", "text", "msg", "消息"],
  mine: ["issender", "is_sender", "issend", "is_send", "isself", "是否自己", "是否发送"],
  kind: ["type", "msgtype", "localtype"],
  chat: ["talkerid", "room_name", "chatroom", "聊天对象", "会话"],
  remark: ["remark", "备注", "備註"],
  name: [
    "nickname",
    "发送者",
    "发送人",
    "发言人",
    "發送者",
    "昵称",
    "暱稱",
    "displayname",
    "sendername",
    "from",
    "name",
    "用户名",
  ],
  id: ["sender", "talker", "wxid"],
};

const rowCharsMax = 4 << 20;

export function tableReader(begin: string, name: string): Reader | undefined {
  const head = columnsOf(begin.split(/\r?\n/)[0] ?? "");
  if (head === undefined) return undefined;
  const messages: Found[] = [];
  let row = 0;
  const rows = rowsOf((cells) => {
    if (row++ === 0 || cells.every((cell) => cell.trim() === "")) return;
    const message = messageOf(head, cells);
    if (message === "none") throw new ImportError("damaged", `${name}: ${row}`);
    if (message !== undefined) messages.push(message);
    if (messages.length > importLimits.messagesMax) throw new ImportError("too-many", name);
  }, name);
  return {
    push: rows.push,
    end: () => {
      rows.end();
      return messages;
    },
  };
}

type Head = Readonly<Partial<Record<Column, number>>>;

/** Undefined where there is neither a time nor words, or nobody who says them. */
function columnsOf(line: string): Head | undefined {
  const names = line
    .replace(/^\ufeff/, "")
    .split(",")
    .map((cell) => cell.trim().replaceAll('"', "").toLowerCase());
  if (names.length < 3) return undefined;
  const head: Partial<Record<Column, number>> = {};
  for (const [column, words] of Object.entries(called) as [Column, readonly string[]][]) {
    const at = words.map((word) => names.indexOf(word)).find((place) => place >= 0);
    if (at !== undefined) head[column] = at;
  }
  const hasWho =
    head.mine !== undefined || head.name !== undefined || head.remark !== undefined || head.id !== undefined;
  return head.time !== undefined && head.said !== undefined && hasWho ? head : undefined;
}

/** `none`: there is no time in it. Undefined: nobody said it, or nothing was said. */
function messageOf(head: Head, cells: readonly string[]): Found | "none" | undefined {
  const cell = (column: Column) => (head[column] === undefined ? "" : (cells[head[column]] ?? "").trim());
  const atMs = momentOf(cell("time"));
  if (Number.isNaN(atMs)) return "none";
  const kind = cell("kind");
  if (kind === "10000" || kind === "10002") return undefined; // What nobody said.
  const text = saidIn(kind, cell("said"));
  if (text === "") return undefined;
  const isMine = /^(?:1|true|是)$/i.test(cell("mine"));
  const author = nameOf(cell("remark")) || nameOf(cell("name")) || nameOf(cell("id"));
  const chat = cell("chat");
  return {
    atMs,
    text,
    author: author || "?",
    ...(head.mine === undefined ? {} : { mine: isMine }),
    ...(chat === "" ? {} : { chat }),
  };
}

/** Cells in quotes may hold commas, lines and doubled quotes. */
function rowsOf(row: (cells: readonly string[]) => void, name: string) {
  let [cell, isQuoted, wasQuote] = ["", false, false];
  let cells: string[] = [];
  const endRow = () => {
    cells.push(cell);
    const done = cells;
    [cells, cell] = [[], ""];
    row(done);
  };
  const push = (piece: string) => {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const sign = piece.charCodeAt(at);
      if (isQuoted) {
        if (sign !== 0x22) {
          if (!wasQuote) continue;
          // The quote before was the end of what is quoted.
          [isQuoted, wasQuote, from] = [false, false, at];
        } else {
          cell += piece.slice(from, at);
          if (wasQuote) cell += '"';
          [wasQuote, from] = [!wasQuote, at + 1];
          continue;
        }
      }
      if (sign === 0x22 && cell === "" && at === from) [isQuoted, wasQuote, from] = [true, false, at + 1];
      else if (sign === 0x2c || sign === 0x0a) {
        cell += piece.slice(from, at);
        from = at + 1;
        if (sign === 0x0a) {
          if (cell.endsWith("\r")) cell = cell.slice(0, -1);
          endRow();
        } else {
          cells.push(cell);
          cell = "";
        }
      }
    }
    if (!wasQuote || !isQuoted) cell += piece.slice(from);
    if (cell.length > rowCharsMax) throw new ImportError("damaged", name);
  };
  return {
    push,
    end: () => {
      if (cell !== "" || cells.length > 0) endRow();
    },
  };
}
