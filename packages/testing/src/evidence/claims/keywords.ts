/**
 * Keywords: words of the kinds that Citizen Lab found filtered or watched in WeChat (citizenlab.ca 2016, 2018, 2020):
 * here they are said and must arrive as they are (R8.4), and cost the same requests as any others (R1.3).
 */
const list = `
六四 天安门 坦克人 法轮功 李洪志 刘晓波 零八宪章 达赖喇嘛 西藏独立 新疆集中营 东突厥斯坦 维吾尔 台独 香港独立 雨伞革命 反送中 光复香港
民主墙 茉莉花革命 709律师 艾未未 陈光诚 郭文贵 薄熙来 周永康 令计划 习近平下台 习包子 小熊维尼 登基 终身制 一党专政 共产党下台 江泽民病危
六四晚会 维园烛光 自焚 活摘器官 翻墙 动态网 无界浏览 巴拿马文件 李文亮 武汉封城 方方日记 吹哨人 白纸运动 四通桥 彭立发 乌鲁木齐火灾
不自由毋宁死 Tiananmen FreeTibet FreeHongKong FalunGong XinjiangCamps WinnieThePooh 天安門母親 還政於民 三峡大坝溃坝 王全璋
铜锣湾书店 占领中环 太子党 上海帮 红二代`;

export const keywords: readonly string[] = list.trim().split(/\s+/);
