/**
 * Chinese card words that are easily confused (docs/spec/identity.md ID63): data only, loaded when a card's checksum
 * fails.
 */

/**
 * Each syllable without its tone, with the words of the simplified list that are pronounced so, by pinyin-pro: a test
 * compares them.
 */
export const sounds = `
a阿啊呵 ai爱埃碍哀矮 an安广按厂案暗岸氨胺 ang仰昂 ao奥 ba把八巴吧爸罢拔霸坝 bai百白伯摆败拜 ban半办般板班版伴搬斑拌 bang帮旁邦棒彭 bao保报包胞薄暴宝炮剥爆饱抱堡
bei被北备背倍贝悲臂辈杯勃 ben本苯奔 beng泵 bi比必笔避壁闭币毕秘碧臂彼逼佛鼻辟 bian变边便编遍辩辨 biao表标彪 bie别 bin频份宾滨 bing并病兵冰丙饼柄屏
bo般波伯播薄玻剥拨博勃佛驳 bu不部步布补捕埔堡 ca擦拆 cai采才材财菜裁彩蔡 can参残惨 cang藏仓苍 cao草操槽曹 ce策测侧册 cen参 ceng层曾 cha查差察茶插
chai差柴拆 chan产单 chang常长场厂唱昌偿倡肠畅尝 chao朝超潮炒 che车彻尺撤 chen称陈沉尘臣晨沈 cheng成程称城承盛净乘呈抢诚惩撑 chi持吃尺池齿赤迟斥
chong种重充冲虫崇涌 chou抽筹仇 chu出处除助初础触楚储畜雏 chuan传船穿川串 chuang创床窗 chui垂吹 chun春纯醇 ci此次差磁词刺瓷辞 cong从丛葱 cu促粗趣趋
cui催衰脆 cun存村寸 cuo错措 da大打达答搭 dai大代带待毒袋戴呆贷逮 dan但单石担蛋弹淡丹氮胆旦 dang当党荡挡档 dao到道导倒刀稻岛盗 de的地得底德 dei得 deng等灯登邓
di的地第提低底帝敌弟抵滴递涤 dian电点典店淀垫殿 diao调掉吊雕 die爹叠 ding定顶丁订钉锭 diu丢 dong动东冬洞懂冻董 dou都斗读豆 du度都独读督毒顿渡杜肚堵
duan段断端短锻 dui对队追堆 dun盾吨顿 duo多度夺朵 e阿额恶俄饿 en恩 er而二儿尔耳铒 fa发法阀罚乏伐 fan反犯范翻饭繁泛凡番返烦 fang方放防房访纺芳仿妨 fei非费飞肥废沸
fen分粉份奋纷愤酚粪 feng风封丰峰锋缝凤奉冯疯 fo佛 fou不否 fu复府服负夫富副附父福符幅妇付浮腐伏抚辅赋佛扶覆赴傅腹 ga轧夹 gai改该概盖钙 gan干感杆赶敢甘 gang钢刚港纲缸岗
gao高告搞稿 ge个合各革格歌哥盖割隔戈阁 gei给 gen根跟 geng更耕 gong工公共红供功攻贡宫巩弓 gou构够句购沟狗勾钩 gu固故古顾鼓骨谷姑股估孤 gua括挂瓜刮 guai怪
guan关管观官馆贯惯灌冠纶罐 guang光广 gui规贵归轨鬼桂硅 gun滚辊 guo国过果锅郭 ha哈虾 hai还海害孩 han厂含汉函汗喊寒旱韩 hang行航杭巷 hao好号毫耗豪浩
he和合何河核盖荷贺喝赫呵 hei黑 hen很恨狠痕 heng行衡横恒 hong红洪鸿轰烘 hou后候厚 hu和许护互核湖乎呼胡户忽弧虎戏糊 hua化花华话划画滑 huai坏怀淮
huan还换环欢缓患幻 huang黄皇荒簧慌 hui会回挥灰恢汇毁辉绘徽惠 hun混婚昏 huo和或活火货获伙霍祸 ji机其系革及基级计期几给即济极积集记际技击继纪剂既激急鸡季齐奇迹绩寄挤吉籍辑疾肌
jia家加价甲假架夹钾驾佳 jian间建件见减坚检简渐践监键碱柬健尖鉴艰兼舰浅肩剪剑箭 jiang将强江讲降港浆奖疆蒋姜酱 jiao较角交教叫觉校脚胶焦酵浇缴搅
jie家结解接她阶节界价介借揭截街姐洁届皆杰 jin进金今近仅紧尽斤禁津劲浸筋晋锦 jing经精京径境井静景晶竟惊警净睛镜敬劲竞茎 jiu就九究久旧酒救纠 ju据车具且局举聚距句居剧巨矩拒渠
juan卷圈捐 jue角决觉绝脚掘 jun军均菌君 ka卡 kai开凯 kan看刊勘砍 kang抗康 kao考靠 ke可科克客刻课颗壳柯 ken肯 keng坑 kong空控孔恐 kou口扣
ku苦库哭酷枯 kua跨 kuai会快块 kuan宽款 kuang况矿狂框 kui亏 kun困昆 kuo适括扩阔 la拉落啦蜡腊 lai来赖莱 lan兰蓝栏烂览缆 lang朗浪郎 lao老劳落乐牢络捞
le了乐勒 lei类雷累勒泪 leng冷棱 li力里理利立例离历李粒璃厘黎隶礼丽励吏哩厉 lia俩 lian联连练脸炼链莲 liang量两良粮亮梁辆凉俩 liao了料疗僚辽 lie列烈裂劣
lin林临磷邻 ling领另令零灵龄陵岭棱铃 liu流六留刘硫陆柳馏溜 long龙弄隆笼垄 lou露楼漏 lu路六鲁绿陆炉露录卢 luan乱卵 lun论轮伦纶 luo落罗螺洛络逻 lv律率绿虑氯旅滤铝
lve略 ma么马妈吗麻摩码骂嘛抹 mai买麦卖脉埋迈 man满慢埋漫曼 mang忙 mao毛矛贸貌冒帽 me么 mei没美每煤梅妹眉霉酶 men们门闷 meng盟蒙梦猛孟 mi米密秘迷
mian面免棉 miao苗描秒庙妙 mie灭 min民敏 ming明命名鸣 mo么没无万模末磨脉莫摩膜墨默摸冒抹沫 mou某谋 mu目木母模亩莫牧幕姆穆 na那内南哪拿纳钠 nai能哪耐奶乃
nan南难男 nao脑闹 ne呢哪 nei那内哪 nen嫩 neng能 ni你呢尼泥疑逆拟 nian年念粘 niang娘 niao鸟 nie摄 nin您 ning宁凝 niu牛扭 nong农浓弄
nu努奴怒 nuan暖 nuo难诺 nv女 ou区欧偶 pa怕爬 pai派排迫拍牌 pan般判盘叛番拌 pang旁 pao跑炮泡抛 pei配坏培陪 pen喷盆 peng朋碰棚膨彭 pi被批坏否皮罢坯辟
pian便片篇偏骗 piao票飘漂 pin品频贫 ping平评瓶凭冯屏 po破迫繁坡婆颇泼 pu普暴埔铺谱扑葡堡 qi起其气期七器企汽齐奇旗揭启枝妻弃棋漆欺骑 qia卡恰 qian前千钱纤潜铅牵签浅迁
qiang将强枪墙抢疆腔 qiao桥巧壳侨悄乔瞧敲 qie切且 qin亲侵秦琴勤 qing情清青亲轻请氢庆倾卿 qiong穷 qiu求球秋仇丘 qu去区取曲趣趋驱渠屈 quan全权圈泉劝 que确却缺
qun群 ran然燃染 rang让壤 rao绕扰 re热若 ren人任认忍仁 reng仍 ri日 rong容溶荣熔融绒 rou肉柔揉 ru如入女乳 ruan软 rui瑞锐 run润 ruo若弱
sa萨撒 sai思赛塞 san三参散 sang桑丧 sao扫嫂 se色塞 sen森 sha沙杀纱砂啥 shai色筛晒 shan山单善闪陕扇 shang上商伤尚汤赏 shao少烧绍召稍邵
she社设射折涉舍摄 shei谁 shen什身信深参神甚审伸申沈渗绅 sheng生声省升胜盛乘绳剩圣牲 shi是时十实使事式世什示石史市始识适失势师施士视试食似室诗殖泽湿释氏蚀驶尸饰
shou手受收首守熟售授寿瘦 shu数术书属树输述束熟朱殊署疏薯叔蔬舒 shua刷 shuai率衰 shuang双 shui说水谁税睡 shun顺 shuo说数 si四思斯死食司似丝私饲寺
song送松宋讼 sou搜 su速素苏诉缩塑肃俗宿 suan算酸 sui随虽岁碎穗遂 sun损孙 suo所些缩索锁 ta他它她塔踏 tai太台态泰抬胎 tan谈探碳弹坦炭滩叹贪摊 tang糖堂唐汤塘躺
tao讨套跳逃陶桃萄 te特 teng腾 ti体提题替弟梯 tian天田填添甜 tiao条调跳挑 tie铁贴 ting听停庭廷挺厅烃亭艇 tong同通统铜痛筒童洞捅 tou头投透偷
tu图土突途徒涂吐凸 tuan团 tui推退弟腿 tun吞 tuo脱托拖妥 wa瓦挖 wai外歪 wan万完晚湾弯玩碗顽烷 wang往王望亡网忘旺汪
wei为位委维围未微卫味谓威危伟唯遗尾违魏喂纬伪慰韦 wen问文温稳闻纹 wo我握窝 wu物无五务武误屋恶亡午吴舞伍污乌雾吾诬悟 xi系西习细席吸析息喜希洗烯稀戏隙熙悉锡袭惜牺溪腊徙
xia下夏夹虾峡霞辖 xian现线见先县显限鲜弦宪险洗献纤陷闲贤 xiang相向想象响项降香乡箱像祥橡详享羊湘巷 xiao小消效校销削晓硝萧 xie些解写叶协血械斜谢胁鞋谐卸歇 xin新心信辛芯欣
xing行性形省型兴刑星幸姓醒 xiong雄兄胸凶熊 xiu修秀休袖宿 xu许需须续序徐休虚绪畜蓄叙 xuan选县宣旋悬玄 xue学血雪削 xun迅训孙循讯巡寻旬 ya压亚呀轧牙芽鸭雅
yan研验眼严言盐演烟延岩沿颜铅炎掩焰燕宴 yang样养氧阳洋央扬杨秧详羊仰 yao要么约药乐摇腰陶咬邀姚耀 ye也业液叶射夜野爷喝页冶
yi一以义意已议易艺食射益依移乙医异衣宜伊亦遗亿仪尾疑忆役译毅翼抑谊疫 yin因音引印银阴隐饮姻 ying应影营英映景硬迎盈 yo育 yong用永勇拥涌 you有由又油右优友游幼尤忧邮
yu于与育鱼余预语雨玉域遇予愈谷欲渔奥宇狱御羽吾裕 yuan原员元院圆远源袁愿园援缘怨 yue说月越约乐跃阅曰 yun员运云匀允 za杂扎咱 zai在再载灾栽仔 zan赞咱暂 zang藏脏
zao造早遭燥 ze则责泽侧择 zen怎 zeng增曾综 zha查扎轧炸蜡 zhai责齐侧寨择债摘 zhan展战占站粘 zhang长张章掌障丈胀涨仗帐 zhao着照朝找赵召招罩 zhe这着者折哲浙
zhei这 zhen真针振镇阵震珍填侦 zheng政正争证整征蒸丁郑症 zhi之制质只直知指治志至织支值置识止致职植纸执殖脂氏枝智秩酯汁旨掷 zhong中种重众终钟仲忠 zhou周调州轴洲舟骤皱
zhu主术属住注助逐筑猪朱驻柱株铸珠竹贮诸祝煮 zhua抓 zhuai转 zhuan转传专砖 zhuang装状庄壮撞 zhui追锥 zhun准 zhuo着桌捉缴 zi子自资字齐紫仔姿咨
zong总宗综纵 zou走奏 zu组族足阻祖租 zuan钻 zui最罪嘴 zun尊遵 zuo作做左坐座昨
`;

/**
 * Pairs that look alike: drawn in Noto Sans CJK and slightly blurred, they correlate by more than 0.86 (simplified) or
 * 0.89 (traditional); and some that are known to be confused in writing.
 */
export const shapes = `
未末 撤撒 责贵 徒徙 未朱 束柬 并井 术木 扬杨 模摸 挂桂 字宇 土士 雷雪 抗杭 乌鸟 技枝 枪抢 挡档 优忧 于干 末朱 措惜 盾眉 王玉 奏秦 社杜 干千 样祥 练炼 亿忆 博傅 童董
生主 城域 官宫 革草 眼限 杆杯 粗租 葡萄 失夫 延廷 仅仪 很恨 请谓 央夹 销铺 几凡 且旦 阿呵 给绘 折拆 间问 秧秩 歌歇 料科 已巴 共井 烧绕 大太 矛予 惯愤 夫夹 占古 温湿
告吉 面而 拿掌 几儿 钢铜 快块 察蔡 口曰 材村 散敬 怕拍 捕捅 开升 失央 敬敏 张胀 语悟 遭遵 活话 句旬 居届 间闻 思恩 秦泰 洁浩 平乎 挑桃 素累 散敏 屋厘 辩辨 周局 货贷
贵贯 补扑 镇锁 明阴 谁淮 扎礼 脸险 饲词 扰忧 播插 投役 析折 末宋 蓄董 夫央 酵醇 为力 持待 微徽 伸仲 抽袖 勒勤 盗咨 经烃 于千 害善 种钟 量董 失夹 钢锅 竟竞 玻坡 香番
技按 福幅 映陕 脂腊 图圈 置冒 晶昌 苗亩 税锐 铜锅 来未 件仲 裁栽 塔搭 运远 往住 眼跟 载戴 仰抑 坏坯 未宋 丰牢 星墨 裁截 寨塞 塞寒 截戴 成或 指措 曾普 电申 据掘 温混
江汪 唱喝 锅祸 意童 展层 见贝 载截 销稍 遇遗 场杨 烟姻 遇逼 用甲 议仪 句勾 闪闲 定走 情清 待诗 他池 根恨 治冶 百目 素索 维锥 散敢 审串 钟钾 销锁 额颜 捕埔 衰哀 品晶
青骨 简筒 钱践 模横 慢漫 录泉 泽译 拖抱 浸漫 重董 根报 推堆 频颇 祖租 恩患 署薯 场扬 球珠 祖粗 诸堵 佛沸 春奏 唱喂 缩编 露霞 借惜 震霞 届屈 人入 日曰 牛午 天夫 今令
目自 白自 口回 刀力 哪那 他她 的得 旧日 田由 甲由 申由 田甲 甲申 石右 处外 庄压 清请 情请 拔拨 历厉 網綱 補捕 續績 圖圓 黴徽 傳傅 責賣 東柬 實寶 開閒 緊繁 開間 圖圍
徵徽 陳陣 徵黴 人入 徹撤 圓園 買貢 間閒 賣寶 書畫 買貿 難雞 慮盧 價債 離雕 連逮 圍園 貴賣 圓圍 價償 島鳥 輪輸 揮擇 離雛 減滅 衝衡 誰錐 寶賓 動勤 織纖 構橫 實賞 圖園
鍵鏈 款軟 寶賞 圈園 贊賢 賞嘗 通適 遭遷 熱熟 導專 講請 費賣 遇邁 說銳 關閥 達連 遠逮 續纜 佔估 賣贊 過邁 員貢 辦辯 買寶 聞閣 農晨 微徹 雲雪 偵債 構槽 買賀 兩雨 關闊
聞閱 壞壤 雞雛 雕雛 實賓 造追 費賢 責貢 賣貢 聞閒 費責 穩穗 還遠 間關 問閒 團園 責貫 賽寶 驅騙 鎮鑽
`;
