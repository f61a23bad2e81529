/** Base: how WeChat's own elements look before a program says otherwise. `--rpx` is a 750th of the width. */
export const baseSheet = `
html, body { margin: 0; height: 100%; overflow: hidden; }
body { font-family: system-ui, "Noto Sans CJK SC", sans-serif; font-size: 16px; color: #000; background: #fff;
  -webkit-tap-highlight-color: transparent; overflow-wrap: anywhere; }
wx-page { position: absolute; inset: 0; overflow: auto; background: #fff; overscroll-behavior: contain; }
wx-page:not([data-top]) { display: none; }
wx-wx-page-root { display: block; min-height: 100%; }
wx-view, wx-scroll-view, wx-swiper, wx-form, wx-radio-group, wx-checkbox-group, wx-picker-view, wx-rich-text,
wx-cover-view, wx-movable-area, wx-canvas, wx-video, wx-navigator, wx-picker, wx-block { display: block; }
wx-text { display: inline; white-space: pre-line; }
wx-label, wx-icon, wx-checkbox, wx-radio, wx-switch { display: inline-block; }
[data-hidden] { display: none !important; }
wx-loading, wx-toast, wx-modal, wx-action-sheet, wx-template, wx-import, wx-wxs { display: none; }
wx-image, wx-cover-image { display: inline-block; width: 320px; height: 240px; overflow: hidden; position: relative;
  background-repeat: no-repeat; background-position: center; background-size: 100% 100%; }
wx-button { display: block; position: relative; box-sizing: border-box; margin: 0 auto; padding: 0 14px;
  font-size: 18px; line-height: 2.55556; border-radius: 5px; text-align: center; background: #f8f8f8; color: #000;
  border: 1px solid rgb(0 0 0 / 20%); overflow: hidden; cursor: pointer; user-select: none; }
wx-button[data-type="primary"] { background: #1aad19; color: #fff; }
wx-button[data-type="warn"] { background: #e64340; color: #fff; }
wx-button[data-size="mini"] { display: inline-block; font-size: 13px; line-height: 2.3; }
wx-button[data-plain] { background: transparent; }
wx-button[data-disabled] { opacity: .5; }
wx-input, wx-textarea { display: block; position: relative; min-height: 1.4em; }
wx-textarea { width: 300px; height: 150px; }
wx-input > input, wx-textarea > textarea { border: 0; outline: 0; background: none; font: inherit; color: inherit;
  width: 100%; height: 100%; padding: 0; text-align: inherit; box-sizing: border-box; resize: none; }
wx-slider { display: flex; align-items: center; gap: 10px; }
wx-slider > input { flex: 1; min-width: 0; accent-color: #1aad19; }
wx-slider:not([data-show-value]) > output { display: none; }
wx-switch > input { appearance: none; width: 52px; height: 32px; margin: 0; border-radius: 16px; background: #dfdfdf;
  transition: background .15s; }
wx-switch > input::before { content: ""; display: block; width: 28px; height: 28px; margin: 2px; border-radius: 50%;
  background: #fff; box-shadow: 0 1px 3px rgb(0 0 0 / 40%); transition: transform .15s; }
wx-switch > input:checked { background: #04be02; }
wx-switch > input:checked::before { transform: translateX(20px); }
wx-checkbox > input, wx-radio > input { width: 22px; height: 22px; vertical-align: middle; accent-color: #09bb07; }
wx-radio > input { appearance: none; box-sizing: border-box; margin: 0 4px 0 0; border: 1px solid #aaa; border-radius: 50%;
  background: #fff; }
wx-radio > input:checked { border-color: #09bb07; background: #09bb07; box-shadow: inset 0 0 0 5px #09bb07,
  inset 0 0 0 12px #fff; }
wx-picker { cursor: pointer; }
wx-picker-view { position: relative; display: flex; height: 170px; overflow: hidden;
  background: linear-gradient(#8881, #8881) center / 100% var(--row, 34px) no-repeat; }
wx-picker-view-column { display: block; flex: 1; min-width: 0; height: 100%; overflow: hidden auto; text-align: center;
  scroll-snap-type: y mandatory; scrollbar-width: none; }
wx-picker-view-column::before, wx-picker-view-column::after { content: ""; display: block;
  height: calc((100% - var(--row, 34px)) / 2); }
wx-picker-view-column > * { height: var(--row, 34px); overflow: hidden; scroll-snap-align: center; }
wx-movable-area { position: relative; width: 10px; height: 10px; }
wx-movable-view { display: inline-block; position: absolute; width: 10px; height: 10px; touch-action: none; }
wx-rich-text img { max-width: 100%; }
wx-rich-text table { border-collapse: collapse; }
wx-progress { display: block; position: relative; height: 6px; background: #ebebeb; }
wx-progress[data-info] { margin-right: 56px; }
wx-progress[data-info]::after { content: attr(data-info); position: absolute; left: 100%; top: 50%; translate: 10px -50%;
  font-size: 15px; white-space: nowrap; }
wx-progress > i { display: block; height: 100%; background: #09bb07; }
wx-swiper { height: 150px; overflow: auto hidden; scroll-snap-type: x mandatory; display: flex; scrollbar-width: none; }
wx-swiper[data-vertical] { flex-direction: column; overflow: hidden auto; scroll-snap-type: y mandatory; }
wx-swiper-item { display: block; flex: none; width: 100%; height: 100%; scroll-snap-align: start; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
`;
