/**
 * Floods by which a mini program would hold the app's page up (docs/spec/programs.md PR11, PR14). Each is code of a
 * program: `G` is its global object, `every(n, f)` calls `f` so often in a second, just below what ends a program.
 */
export const floods: Readonly<Record<string, string>> = {
  loop: "for(;;);",
  toasts: "every(180,function(i){wx.showToast({title:'满'+i})})",
  loading: "every(180,function(i){i%2?wx.showLoading({title:'满'+i}):wx.hideLoading()})",
  asked: "every(180,function(i){wx.showModal({title:'问'+i,content:long,editable:true})})",
  chosen: "every(180,function(i){wx.showActionSheet({itemList:['一'+i,long,long,long,long,long]})})",
  titles:
    "every(180,function(i){wx.setNavigationBarTitle({title:'题'+i});wx.setNavigationBarColor({backgroundColor:'#00000'+i%10,frontColor:'#ffffff'})})",
  stored: "every(180,function(i){wx.setStorage({key:'k'+i,data:i})})",
  storedLarge: "every(3,function(i){wx.setStorage({key:'k'+i%9,data:large})})",
  cleared: "every(180,function(){wx.clearStorage()})",
  shared: "every(180,function(i){if(wx.yanshu)wx.yanshu.sendUpdate({payload:i,summary:'第'+i})})",
  sharedLarge: "every(20,function(i){if(wx.yanshu)wx.yanshu.sendUpdate({payload:large.slice(0,120000)+i})})",
  faults: "every(180,function(i){throw new Error(long+i)})",
  rejected: "every(180,function(i){G.Promise.reject(new Error(long+i))})",
  drawn: "var list=[];for(var i=0;i<60000;i++)list.push(i);page.setData({list:list})",
  redrawn: "every(30,function(i){var list=[];for(var k=0;k<1500;k++)list.push(k+i);page.setData({list:list})})",
  unmeasured: "setInterval(function(){for(var i=0;i<5000;i++)G.postMessage(i)},1)",
  messages: "for(;;)G.postMessage({kind:'app',message:{kind:'toast',title:'满',icon:'',ms:1}})",
  largeMessages:
    "setInterval(function(){for(var i=0;i<20;i++)G.postMessage({kind:'app',message:{kind:'toast',title:large+i}})},1)",
  deepMessages:
    "var deep={};for(var i=0;i<4000;i++)deep={deep:deep};every(150,function(){G.postMessage({kind:'app',message:deep})})",
  memory:
    "var all=[];every(20,function(){var b=new Uint8Array(16<<20);for(var k=0;k<b.length;k+=4096)b[k]=k;if(all.length<40)all.push(b)})",
  pages: "every(60,function(){wx.navigateTo({url:'/pages/a/a'});wx.navigateBack()})",
  styles: "every(60,function(i){page.setData({style:'width:'+i+'px;filter:blur('+i%90+'px)'})})",
};
