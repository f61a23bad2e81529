/**
 * Orchard: a program as one is written for WeChat, for tests. It binds taps without a colon and repeats by
 * `wx:for-items`, as programs of the first years do; it has a wxs script, a component, two pages, a tab and a picture.
 */
import { sourcesOf } from "./sources.ts";

const files: Readonly<Record<string, string>> = {
  "app.json": `{
  // Comments stand in such files.
  "pages": ["pages/fruit/fruit", "pages/one/one", "pages/about/about"],
  "window": { "navigationBarTitleText": "果园", "navigationBarBackgroundColor": "#2f6b3c", "navigationBarTextStyle": "white" },
  "tabBar": { "list": [
    { "pagePath": "pages/fruit/fruit", "text": "水果", "iconPath": "image/pear.png" },
    { "pagePath": "pages/about/about", "text": "关于" },
  ] },
}`,
  "app.js": `App({ onLaunch: function () { this.globalData.opened = (wx.getStorageSync('opened') || 0) + 1; wx.setStorageSync('opened', this.globalData.opened) }, globalData: {} })`,
  "app.wxss": `page { background: #fafaf5; }\n.title { font-size: 40rpx; color: #2f6b3c; }`,
  "image/pear.png": "",
  "utils/count.js": `module.exports.more = function (n) { return (n || 0) + 1 }`,
  "utils/price.wxs": `var yuan = function (fruit) { return fruit.price.toFixed(2) + ' 元' }\nmodule.exports = { yuan: yuan, kind: function (x) { return x.constructor } }`,
  "components/stepper/stepper.json": `{ "component": true }`,
  "components/stepper/stepper.wxml": `<view class="stepper"><text class="count">{{count}}</text><button class="more" bindtap="more">加一</button></view>`,
  "components/stepper/stepper.wxss": `.count { font-weight: bold; }`,
  "components/stepper/stepper.js": `Component({ properties: { count: { type: Number, value: 0 } }, methods: { more: function () { this.triggerEvent('change', { value: this.data.count + 1 }) } } })`,
  "pages/fruit/fruit.json": `{ "usingComponents": { "stepper": "/components/stepper/stepper" } }`,
  "pages/fruit/fruit.wxml": `<!-- A comment with a <view bindtap="x"> in it. -->
<wxs src="../../utils/price.wxs" module="price" />
<view class="title">果园 · 第{{opened}}次</view>
<view wx:for-items="{{fruits}}" wx:key="name" class="fruit" bindtap="open" data-name="{{item.name}}">
  <text>{{item.name}}</text> <text class="price">{{price.yuan(item)}}</text>
</view>
<text class="kind">{{price.kind(fruits)}}</text>
<stepper count="{{basket}}" bindchange="stepped" />
<input class="wish" bindinput="wished" placeholder="想要什么" />
<text class="echo">{{wish}}</text>
<button class="empty" bindtap="empty">清空</button>`,
  "pages/fruit/fruit.wxss": `.fruit { padding: 20rpx 30rpx; border-bottom: 1rpx solid #ddd; }`,
  "pages/fruit/fruit.js": `const count = require('../../utils/count')
Page({
  data: { fruits: [{ name: '梨', price: 3.5 }, { name: '桃', price: 4 }, { name: '没价的' }], basket: 0, opened: 0, wish: '' },
  onLoad: function () { this.setData({ opened: getApp().globalData.opened, basket: wx.getStorageSync('basket') || 0 }) },
  stepped: function (e) { this.keep(e.detail.value === count.more(this.data.basket) ? e.detail.value : -1) },
  keep: function (n) { this.setData({ basket: n }); wx.setStorage({ key: 'basket', data: n, success: function () { wx.showToast({ title: '记下了' }) } }) },
  open: function (e) { wx.navigateTo({ url: '../one/one?name=' + e.currentTarget.dataset.name }) },
  wished: function (e) { this.setData({ wish: e.detail.value }) },
  empty: function () { var page = this; wx.showModal({ title: '清空?', content: '篮子里的都不要了', success: function (r) { if (r.confirm) page.keep(0) } }) },
})`,
  "pages/one/one.json": `{ "navigationBarTitleText": "水果" }`,
  "pages/one/one.wxml": `<view class="name">{{name}}</view><button bindtap="back">回去</button><view bindtap="net">{{net}}</view>`,
  "pages/one/one.js": `Page({
  data: { name: '', net: '联网' },
  onLoad: function (query) { this.setData({ name: query.name + '，' + getCurrentPages().length + '页' }); wx.setNavigationBarTitle({ title: query.name }) },
  back: function () { wx.navigateBack() },
  net: function () { wx.request({ url: 'https://example.com', fail: (e) => this.setData({ net: e.errMsg }) }) },
})`,
  "pages/about/about.wxml": `<view class="about">我们种的</view>`,
  "pages/about/about.js": `Page({})`,
};

/** Its name and version, as `pack` is told them. */
export const orchardAbout = { name: "果园", version: "1.0.0" } as const;

/** A picture of one pixel. */
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export function orchard(): Map<string, Uint8Array> {
  const sources = sourcesOf(files);
  sources.set(
    "image/pear.png",
    Uint8Array.from(atob(pixel), (char) => char.charCodeAt(0)),
  );
  return sources;
}
