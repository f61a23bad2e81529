/**
 * Bots as the pages of their libraries write them, with nothing of Yanshu in them:
 * `node -r ../features/bridge/home.cjs wechat-bots.cjs NAME PORT PICTURE`, and what the bridge printed as JSON in
 * `BOT`.
 */
const http = require("node:http");

const [, , name, port, picture] = process.argv;
const { appid, secret, token, encodingAESKey = "" } = JSON.parse(process.env.BOT);
const config = { appid, token, encodingAESKey };
const news = { title: "雁书", description: "寄到", picurl: "", url: "https://example.org/a?b=1&c=2" };
const up = () => console.log("up");
/** What the message is answered with, in the words of `wechat` and `co-wechat`. */
const answerTo = (message) => {
  if (message.MsgType === "event") return `欢迎关注 ${message.Event} ${message.EventKey ?? ""}`.trim();
  if (message.MsgType === "image") return { type: "image", content: { mediaId: message.MediaId } };
  if (message.MsgType !== "text") return `${message.MsgType} ${message.Label ?? message.MediaId}`;
  return message.Content === "新闻" ? [news] : `收到：${message.Content}`;
};

const bots = {
  wechat() {
    const wechat = require("wechat");
    const WechatApi = require("wechat-api");
    const api = new WechatApi(appid, secret);
    const seen = new Set();
    const handle = wechat(config, (req, res) => {
      const message = req.weixin;
      const { MsgId: id, FromUserName: person, Content: words } = message;
      if (id !== undefined && seen.has(id)) return res.reply(`又是 ${id}`);
      seen.add(id);
      if (words === "人工") return res.transfer2CustomerService();
      res.reply(answerTo(message));
      if (words === "稍后") api.sendText(person, "这是稍后的话", () => undefined);
      if (words === "图")
        api.uploadMedia(picture, "image", (_, up) => api.sendImage(person, up.media_id, () => undefined));
      if (words === "码")
        api.createLimitQRCode("门口", (_, made) => {
          const shown = api.showQRCodeURL(made.ticket).startsWith("https://mp.weixin.qq.com/");
          api.sendText(person, `${made.url} ${shown}`, () => undefined);
        });
      if (words === "谁")
        api.getUser(person, (_, user) => api.sendText(person, `是 ${user.nickname}`, () => undefined));
    });
    const server = http.createServer((req, res) => {
      req.query = Object.fromEntries(new URL(req.url, "http://localhost").searchParams);
      handle(req, res);
    });
    server.listen(port, "127.0.0.1", up);
  },

  "co-wechat"() {
    const wechat = require("co-wechat");
    const Koa = require("koa");
    const WechatApi = require("co-wechat-api");
    const api = new WechatApi(appid, secret);
    const app = new Koa();
    const middleware = wechat(config).middleware(async (message) => {
      const { FromUserName: person, Content: words } = message;
      if (words === "稍后") setImmediate(() => void api.sendText(person, "这是稍后的话"));
      if (words === "模板") {
        const rows = { first: { value: "您好" }, 时间: { value: "八点" } };
        setImmediate(() => void api.sendTemplate(person, "T1", "", "", rows));
      }
      return answerTo(message);
    });
    app.use(middleware);
    app.listen(port, "127.0.0.1", up);
  },

  "node-easywechat"() {
    const { OfficialAccount, ServerRequest } = require("node-easywechat");
    const answer = async (req, res) => {
      const app = new OfficialAccount({ app_id: appid, secret, token, aes_key: encodingAESKey });
      app.setRequest(await ServerRequest.createFromIncomingMessage(req));
      const answering = app.getServer();
      answering.with(async (message) => {
        const [person, words] = [message.get("FromUserName"), message.get("Content")];
        const later = { touser: person, msgtype: "text", text: { content: "这是稍后的话" } };
        if (words === "稍后") setImmediate(() => void app.getClient().postJson("/cgi-bin/message/custom/send", later));
        return answerTo({ MsgType: message.get("MsgType"), Event: message.get("Event"), Content: words });
      });
      const said = await answering.serve();
      res.statusCode = said.getStatusCode();
      res.end(said.getBody());
    };
    const server = http.createServer((req, res) => void answer(req, res));
    server.listen(port, "127.0.0.1", up);
  },
};
bots[name]();
