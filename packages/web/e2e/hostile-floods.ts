/**
 * Floods by which a mini program would hold the app's page up (docs/spec/programs.md PR11, PR14). Each is code of a
 * program: `G` is its global object, `every(n, f)` calls `f` so often in a second, just below what ends a program.
 */
export const floods: Readonly<Record<string, string>> = {
  /** What a touch, and closing, take by themselves. */
  nothing: ";",
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
  faults: "every(180,function(i){throw Object.assign(new Error(long+i),{isMeant:true})})",
  rejected: "every(180,function(i){G.Promise.reject(new Error(long+i))})",
  drawn: "var list=[];for(var i=0;i<60000;i++)list.push(i);page.setData({list:list})",
  /** As many as wait without an end of the program, and what then touches them all. */
  drawnMany: "var list=[];for(var i=0;i<15000;i++)list.push(i);page.setData({list:list})",
  restyled:
    "var list=[];for(var i=0;i<6000;i++)list.push(i);page.setData({list:list,style:'font-size:9px'});every(8,function(i){page.setData({all:'font-size:'+(9+i%7)+'px;width:'+(200+i%90)+'px'})})",
  emptied: "var list=[];for(var i=0;i<6000;i++)list.push(i);every(1,function(i){page.setData({list:i%2?[]:list})})",
  wide: "var all=[];for(var i=0;i<300000;i++)all.push([]);every(3,function(i){page.setData({all:'',range:all.concat(i)})})",
  rich: "var one='<i>',all=one.repeat(9000);every(20,function(i){page.setData({rich:all+i})})",
  richWide:
    "var all=[];for(var i=0;i<20000;i++)all.push({name:'p',children:[{type:'text',text:'第'+i}]});every(4,function(i){page.setData({rich:all.concat({type:'text',text:''+i})})})",
  redrawn: "every(30,function(i){var list=[];for(var k=0;k<1500;k++)list.push(k+i);page.setData({list:list})})",
  /** Without an end, by each way by which what happens in a thread reaches the page that began it (PR49). */
  messages: "for(var i=0;;i++)wx.showToast({title:'满'+i})",
  thrown:
    "var t=new G.EventTarget();t.addEventListener('x',function(){throw new Error(long)});for(;;)t.dispatchEvent(new G.Event('x'))",
  thrownAgain:
    "var t=new G.EventTarget();t.addEventListener('x',function(){throw new Error(long)});function again(){t.dispatchEvent(new G.Event('x'))}G.addEventListener('error',again);G.onerror=again;for(;;)again()",
  refused: "function go(){for(var i=0;i<2000;i++)G.Promise.reject(new Error(long+i));G.setTimeout(go,0)}go()",
  logged: "for(;;)console.log(long)",
  loggedOtherwise:
    "var c=G.console;for(;;)Object.getOwnPropertyNames(c).forEach(function(n){if(typeof c[n]==='function')c[n](long)})",
  evaluated: "for(;;)try{G.eval('1')}catch(e){}",
  largeMessages: "setInterval(function(){for(var i=0;i<20;i++)wx.showToast({title:large+i})},1)",
  deepMessages:
    "var deep={};for(var i=0;i<4000;i++)deep={deep:deep};var push=G.Array.prototype.push;G.Array.prototype.push=function(op){if(op&&op[0]==='style')op[2]=deep;return push.apply(this,arguments)};every(150,function(i){page.setData({style:'width:'+i+'px'})})",
  memory:
    "var all=[];every(20,function(){var b=new Uint8Array(16<<20);for(var k=0;k<b.length;k+=4096)b[k]=k;if(all.length<40)all.push(b)})",
  pages: "every(60,function(){wx.navigateTo({url:'/pages/a/a'});wx.navigateBack()})",
  styles: "every(60,function(i){page.setData({style:'width:'+i+'px;filter:blur('+i%90+'px)'})})",
};

/** The same by an app of webxdc, which has a document, a parent and a top (PR30, PR42). */
export const floodsOfApps: Readonly<Record<string, string>> = {
  nothing: ";",
  loop: "for(;;);",
  top: "for(;;)top.postMessage({kind:'frame'},'*')",
  topLarge: "setInterval(()=>{for(let i=0;i<20;i++)top.postMessage(large,'*')},1)",
  parent: "for(;;)parent.postMessage({kind:'frame'},'*')",
  goto: "setInterval(()=>{for(let i=0;i<50;i++)to.click()},1)",
  links: "every(180,i=>{out.href='https://a'+i+'.example/';out.click()})",
  shared: "every(180,i=>webxdc.sendUpdate({payload:i,info:'第'+i,summary:'第'+i},''))",
  sharedLarge: "every(20,i=>webxdc.sendUpdate({payload:large.slice(0,120000)+i},''))",
  said: "every(180,i=>webxdc.sendToChat({text:'第'+i}))",
  files: "every(180,()=>webxdc.importFiles({}))",
  stored: "every(180,i=>localStorage.setItem('k'+i%900,i))",
  storedLarge: "every(3,i=>localStorage.setItem('k'+i%9,large))",
  faults: "every(180,i=>{throw Object.assign(new Error(long+i),{isMeant:true})})",
  drawn: "for(let i=0;i<300000;i++)document.body.append(document.createElement('p'))",
  redrawn: "every(60,i=>{document.body.style.cssText='filter:blur('+i%90+'px);width:'+i%400+'px'})",
  memory:
    "const all=[];every(20,()=>{const b=new Uint8Array(16<<20);for(let k=0;k<b.length;k+=4096)b[k]=k;if(all.length<40)all.push(b)})",
  /** As many as there may be, whatever they are called by, and no more (PR66). */
  threads:
    "const src=()=>URL.createObjectURL(new Blob(['for(;;);'],{type:'text/javascript'}));class More extends Worker{}const all=[Worker,More,Worker.prototype.constructor,Object.getPrototypeOf(Worker),Object.getPrototypeOf(Object.getPrototypeOf(Worker))];let n=0;for(let i=0;i<200;i++)try{new all[i%5](src());n++}catch(e){}if(n!==4)throw new Error('threads '+n)",
  states: "setInterval(()=>{for(let i=0;i<200;i++)try{history.pushState(i,'','#'+i)}catch(e){location.hash=i}},1)",
};
