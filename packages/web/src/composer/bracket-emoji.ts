/**
 * Faces as older messengers write them, `[微笑]` or `[Smile]`, in what is pasted: each becomes the emoji that is
 * nearest. What is in no list stays as it is. Pure.
 */
const table = `
微笑 Smile 🙂|撇嘴 Grimace 😕|色 Drool 😍|发呆 Scowl 😳|得意 CoolGuy 😎|流泪 Sob 😢|害羞 Shy ☺️|闭嘴 Silent 🤐|睡 Sleep 😴|大哭 Cry 😭
尴尬 Awkward 😓|发怒 Angry 😡|调皮 Tongue 😜|呲牙 Grin 😁|惊讶 Surprise 😮|难过 Frown 🙁|囧 Blush 😳|抓狂 Scream 😫|吐 Puke 🤮|偷笑 Chuckle 🤭
愉快 Joyful 😊|白眼 Slight 🙄|傲慢 Smug 😏|困 Drowsy 😪|惊恐 Panic 😱|流汗 Sweat 😅|憨笑 Laugh 😄|悠闲 Commando 🫡|奋斗 Determined 💪|咒骂 Scold 🤬
疑问 Shocked ❓|嘘 Shhh 🤫|晕 Dizzy 😵|衰 Toasted 😞|骷髅 Skull 💀|敲打 Hammer 🔨|再见 Wave 👋|擦汗 Speechless 😓|抠鼻 NosePick 🙃|鼓掌 Clap 👏
坏笑 Trick 😏|左哼哼 Bah！L 😤|右哼哼 Bah！R 😤|哈欠 Yawn 🥱|鄙视 Pooh-pooh 😒|委屈 Shrunken 🥺|快哭了 TearingUp 🥹|阴险 Sly 😈|亲亲 Kiss 😘|可怜 Whimper 🥺
菜刀 Cleaver 🔪|西瓜 Watermelon 🍉|啤酒 Beer 🍺|咖啡 Coffee ☕|猪头 Pig 🐷|玫瑰 Rose 🌹|凋谢 Wilt 🥀|嘴唇 Lips 👄|爱心 Heart ❤️|心碎 BrokenHeart 💔
蛋糕 Cake 🎂|炸弹 Bomb 💣|便便 Poop 💩|月亮 Moon 🌙|太阳 Sun ☀️|拥抱 Hug 🤗|强 ThumbsUp 👍|弱 ThumbsDown 👎|握手 Shake 🤝|胜利 Peace ✌️
抱拳 Salute 🙏|勾引 Beckon 🫵|拳头 Fist ✊|OK OK 👌|跳跳 Waddle 🐧|发抖 Tremble 🥶|怄火 Aaagh! 😤|转圈 Twirl 💃|嘿哈 Hey 🤜|捂脸 Facepalm 🤦
奸笑 Smirk 😏|机智 Smart 🤓|皱眉 Concerned 😟|耶 Yeah! ✌️|吃瓜 Onlooker 🍉|加油 GoForIt 💪|汗 Sweats 😓|天啊 OMG 😱|Emm Emm 🤔|社会社会 Respect 🫡
旺柴 Doge 🐶|好的 NoProb 👌|打脸 MyBad 🤦|哇 Wow 😲|翻白眼 Boring 🙄|666 Awesome 🤙|让我看看 LetMeSee 👀|叹气 Sigh 😮‍💨|苦涩 Hurt 😣|裂开 Broken 💔
红包 Packet 🧧|發 Rich 🀅|福 Blessing 🧧|烟花 Fireworks 🎆|爆竹 Firecracker 🧨|庆祝 Party 🎉|礼物 Gift 🎁|笑脸 Happy 😄|生病 Sick 😷|破涕为笑 Lol 😂
吐舌 Terror 😛|脸红 Flushed 😳|恐惧 Terrified 😨|失望 LetDown 😔|无语 Duh 😑|合十 Worship 🙏|强壮 Muscle 💪|鬼魂 Ghost 👻`;

const emojiOf = new Map(
  table
    .trim()
    .split(/[|\n]/u)
    .flatMap((entry) => {
      const [zh = "", en = "", emoji = ""] = entry.split(" ");
      return [[zh, emoji] as const, [en.toLowerCase(), emoji] as const];
    }),
);

export function withEmoji(text: string): string {
  return text.replace(/\[([^[\]\s]{1,12})\]/gu, (whole, name: string) => emojiOf.get(name.toLowerCase()) ?? whole);
}
