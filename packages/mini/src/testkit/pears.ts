/** Pears: a program that counts together with the members of a chat, for tests. */
import { sourcesOf } from "./sources.ts";

const files: Readonly<Record<string, string>> = {
  "app.json": `{ "pages": ["pages/count/count"] }`,
  "pages/count/count.wxml": `<view class="me">{{me}}</view><view class="sum">{{sum}} 个梨</view><button bindtap="add">加一</button><view class="said">{{said}}</view>`,
  "pages/count/count.wxss": `.sum { font-size: 60rpx; padding: 40rpx 0; }`,
  "pages/count/count.js": `Page({
  data: { me: '一个人', sum: 0, said: '' },
  onLoad: function () {
    if (!wx.canIUse('yanshu')) return
    var page = this
    this.setData({ me: wx.yanshu.self.name })
    wx.yanshu.onUpdate(function (u) { page.setData({ sum: page.data.sum + u.payload.add, said: u.serial + '/' + u.maxSerial }) })
  },
  add: function () {
    var page = this
    if (!wx.yanshu) return
    wx.yanshu.sendUpdate({ payload: { add: 1 }, info: this.data.me + '加了一个梨', summary: (this.data.sum + 1) + ' 个梨',
      fail: function (e) { page.setData({ said: e.errMsg }) } })
  },
})`,
};

/** Its name and version, as `pack` is told them. */
export const pearsAbout = { name: "数梨", version: "1.0.0" } as const;

export function pears(): Map<string, Uint8Array> {
  return sourcesOf(files);
}
