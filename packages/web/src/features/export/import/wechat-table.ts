/**
 * Tables (CSV, RFC 4180) of WeChatMsg
 * (`localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark, NickName,Sender`), of its
 * forks, of PyWxDump and chatlog: known by the names of their columns. Pure.
 */
import { ImportError, importLimits } from "./imported.ts";
import { contentIn, type Found, nameOf, type Reader, timestampOf } from "./wechat-parts.ts";

type Column = "time" | "content" | "isSender" | "kind" | "chat" | "remark" | "name" | "id";

/** Names of each column; the first that a table has is taken. */
const columnNames: Readonly<Record<Column, readonly string[]>> = {
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
  content: ["strcontent", "内容", "消息内容", "訊息內容", "內容", "content", "message", "text", "msg", "消息"],
  isSender: ["issender", "is_sender", "issend", "is_send", "isself", "是否自己", "是否发送"],
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

/** UTF-16 units. */
const cellUnitsMax = 4 << 20;

/**
 * Reads a table whose header is the first line of `begin`, the beginning of the file; undefined where it is none of
 * these. Its methods throw ImportError `damaged` or `too-many`. @param name of the file, for errors.
 */
export function tableReader(begin: string, name: string): Reader | undefined {
  const head = columnsOf(begin.split(/\r?\n/)[0] ?? "");
  if (head === undefined) return undefined;
  const messages: Found[] = [];
  let row = 0;
  const rows = rowsOf((cells) => {
    if (row++ === 0 || cells.every((cell) => cell.trim() === "")) return;
    const message = messageOf(head, cells);
    if (message === "no-time") throw new ImportError("damaged", `${name}: ${row}`);
    if (message !== "skip") messages.push(message);
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

/**
 * Undefined unless the table has a time, a content and somebody who sent it. Names in the headers of these tools hold
 * no comma.
 */
function columnsOf(line: string): Head | undefined {
  const names = line
    .replace(/^\ufeff/, "")
    .split(",")
    .map((cell) => cell.trim().replaceAll('"', "").toLowerCase());
  if (names.length < 3) return undefined;
  const head: Partial<Record<Column, number>> = {};
  for (const [column, words] of Object.entries(columnNames) as [Column, readonly string[]][]) {
    const at = words.map((word) => names.indexOf(word)).find((place) => place >= 0);
    if (at !== undefined) head[column] = at;
  }
  const hasWho =
    head.isSender !== undefined || head.name !== undefined || head.remark !== undefined || head.id !== undefined;
  return head.time !== undefined && head.content !== undefined && hasWho ? head : undefined;
}

/** `no-time`: the row is damaged. `skip`: nobody said it, or nothing was said. */
function messageOf(head: Head, cells: readonly string[]): Found | "no-time" | "skip" {
  const cell = (column: Column) => (head[column] === undefined ? "" : (cells[head[column]] ?? "").trim());
  const atMs = timestampOf(cell("time"));
  if (Number.isNaN(atMs)) return "no-time";
  const kind = cell("kind");
  if (kind === "10000" || kind === "10002") return "skip"; // A message of WeChat itself.
  const text = contentIn(kind, cell("content"));
  if (text === "") return "skip";
  const isMine = /^(?:1|true|是)$/i.test(cell("isSender"));
  const author = nameOf(cell("remark")) || nameOf(cell("name")) || nameOf(cell("id"));
  const chat = cell("chat");
  return {
    atMs,
    text,
    author: author || "?",
    ...(head.isSender === undefined ? {} : { mine: isMine }),
    ...(chat === "" ? {} : { chat }),
  };
}

/**
 * A quoted field may hold commas, line breaks and doubled quotes. `wasQuote`: the last character of a quoted field was
 * a quote, which ends it or begins a doubled one; the next character, maybe of the next piece, decides.
 */
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
      const code = piece.charCodeAt(at);
      if (isQuoted) {
        if (code !== 0x22) {
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
      if (code === 0x22 && cell === "" && at === from) [isQuoted, wasQuote, from] = [true, false, at + 1];
      else if (code === 0x2c || code === 0x0a) {
        cell += piece.slice(from, at);
        from = at + 1;
        if (code === 0x0a) {
          if (cell.endsWith("\r")) cell = cell.slice(0, -1);
          endRow();
        } else {
          cells.push(cell);
          cell = "";
        }
      }
    }
    if (!wasQuote || !isQuoted) cell += piece.slice(from);
    if (cell.length > cellUnitsMax) throw new ImportError("damaged", name);
  };
  return {
    push,
    end: () => {
      if (cell !== "" || cells.length > 0) endRow();
    },
  };
}
