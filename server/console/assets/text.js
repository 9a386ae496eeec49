// The console's words: Chinese first, English complete.

const words = {
  zh: {
    title: '图斑', api: '接口', fit: '全图', layers: '图层', skip: '跳到图层', other: 'English',
    loading: '正在载入…', seq: '数据序号', close: '关闭', attributes: '属性', overlap: '套合',
    class: '类别', mu: '亩', square: '平方米', share: '占比', count: '个数',
    uncovered: '未覆盖', none: '没有叠压', link: '要素地址', area: '面积',
    here: '此处要素',
    empty: '还没有图层。用命令导入：', emptyCommand: 'tuban import --layer 名称 文件',
    noWebGL: '此浏览器没有 WebGL2，无法显示地图。下面是图层清单，可以直接打开数据。',
    failed: '载入失败', unavailable: '套合结果暂不可用', generalised: '此比例尺下已综合：放大后可查看单个要素。',
    offline: '与服务器的连接已断开，正在重连…', gone: '要素已不存在',
    legend: '图例', features: '要素',
    tilesFailed: '部分瓦片载入失败', noClass: '（无类别）', less: '此比例尺下已简化，放大可见全部：', comma: '、',
  },
  en: {
    title: 'tuban', api: 'API', fit: 'Whole map', layers: 'Layers', skip: 'Skip to layers', other: '中文',
    loading: 'Loading…', seq: 'Data seq', close: 'Close', attributes: 'Attributes', overlap: 'Overlap',
    class: 'Class', mu: 'mu', square: 'm²', share: 'Share', count: 'Count',
    uncovered: 'Uncovered', none: 'no overlap', link: 'Feature address', area: 'Area',
    here: 'Features here',
    empty: 'No layer yet. Import one:', emptyCommand: 'tuban import --layer NAME FILE',
    noWebGL: 'This browser has no WebGL2 and cannot show the map. The layers below open as data.',
    failed: 'Loading failed', unavailable: 'Overlap is not available', generalised: 'Generalised at this scale: zoom in to see single features.',
    offline: 'Connection lost, trying again…', gone: 'This feature no longer exists',
    legend: 'Legend', features: 'Features',
    tilesFailed: 'Some tiles failed to load', noClass: '(no class)', less: 'Simplified at this scale, zoom in for everything:', comma: ', ',
  },
};

let language = 'zh';

export function setLanguage(l) {
  language = words[l] ? l : 'zh';
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const e of document.querySelectorAll('[data-text]')) e.textContent = t(e.dataset.text);
  document.title = language === 'zh' ? '图斑 tuban' : 'tuban';
}

export const currentLanguage = () => language;

/** The word of a key in the current language. */
export const t = (key) => words[language][key] ?? key;

/** A layer's title in the current language. */
export function titleOf(layer) {
  const own = layer.titles ?? (typeof layer.title === 'object' ? layer.title : null);
  return own?.[language] || own?.zh || own?.en || (typeof layer.title === 'string' && layer.title) || layer.id;
}

const formats = new Map();

/** A number with the digits that a table wants. */
export function number(v, digits = 2) {
  const key = language + digits;
  if (!formats.has(key)) {
    formats.set(key, new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en',
      { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return formats.get(key).format(v);
}
