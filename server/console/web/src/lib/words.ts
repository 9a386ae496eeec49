// The console's words: Chinese first, English complete (its type wants every
// key that Chinese has).

const zh = {
  title: '图斑', api: '接口', skip: '跳到图层与要素清单', other: 'English', otherLabel: 'Switch to English',
  loading: '正在载入…', seq: '数据序号', close: '关闭',
  layers: '图层', features: '要素', legend: '图例', fit: '全图', fitLabel: '显示全图', zoomIn: '放大', zoomOut: '缩小',
  map: '地图。方向键移动，加减键缩放，回车键查看中心处的要素。', tools: '地图工具',
  search: '搜索编号、地名或坐标', searchHint: '编号、地名、经度,纬度 或 X,Y', searchGo: '搜索', results: '搜索结果', notFound: '没有找到', place: '位置',
  overlap: '套合', here: '此处要素', nothingHere: '此处没有要素', class: '类别', mu: '亩', square: '平方米', share: '占比', count: '个数', id: '编号',
  shareOf: '占要素', sliver: '碎斑', uncovered: '未覆盖', none: '没有叠压', link: '要素地址', area: '面积', noClass: '（无类别）',
  pieces: '地图上已标出叠压部分', manyPieces: '叠压部分太多，以下图层只列合计，未逐个列出，也未在地图上标出：', fewerPieces: '范围小一些就能全部标出。', stop: '。', showPieces: '列出要素', hidePieces: '收起要素', summed: '图层内有重叠，合计',
  draw: '画多边形', drawing: '单击加点，双击或单击起点结束，Esc 取消', drawingKeys: '键盘：方向键移动，空格加点，退格撤销，回车结束', edit: '修改', editing: '拖动顶点修改；拖动中点加点；右键单击顶点删除', done: '完成', remove: '删除', drawn: '所画多边形',
  typed: '输入坐标', typedHint: '每行一点：经度,纬度 或 X,Y（带带号）', typedGo: '分析', typedFew: '至少需要三个点', typedBad: '无法识别第', typedBadEnd: '行',
  sheet: '出图', sheetTitle: '标题', sheetSave: '保存 PNG', sheetPrint: '打印', sheetWait: '正在出图…', sheetAlt: '地图成图', sheetDefault: '图斑与土地利用图', north: '北', date: '日期', scale: '比例尺', system: '坐标系 CGCS2000（EPSG:4490），显示为 Web 墨卡托',
  listOf: '要素清单', inView: '当前地图范围内', first: '显示前', some: '个', more: '更多', chooseLayer: '选择图层', noFeatures: '范围内没有要素', total: '共',
  empty: '还没有图层。用命令导入：', emptyCommand: 'tuban import --layer 名称 文件',
  noWebGL: '此浏览器没有 WebGL2，无法显示地图。图层、要素清单、搜索和套合分析仍可使用。',
  failed: '载入失败', unavailable: '套合结果暂不可用', generalised: '此比例尺下已综合：放大后可查看单个要素。',
  offline: '与服务器的连接已断开，正在重连…', gone: '要素已不存在', tilesFailed: '部分瓦片载入失败', less: '此比例尺下已简化，放大可见全部：', comma: '、',
  zone: '带', licences: '许可', menu: '面板', attributeCaption: '要素属性', exported: '已生成图片', warnings: '图形问题',
};

export type Key = keyof typeof zh;
export type Language = 'zh' | 'en';

const en: Record<Key, string> = {
  title: 'tuban', api: 'API', skip: 'Skip to layers and features', other: '中文', otherLabel: '切换到中文',
  loading: 'Loading…', seq: 'Data seq', close: 'Close',
  layers: 'Layers', features: 'Features', legend: 'Legend', fit: 'Whole map', fitLabel: 'Show the whole map', zoomIn: 'Zoom in', zoomOut: 'Zoom out',
  map: 'Map. Arrow keys move it, plus and minus zoom, Enter opens what is in the middle.', tools: 'Map tools',
  search: 'Search an id, a place or coordinates', searchHint: 'Id, place, lon,lat or X,Y', searchGo: 'Search', results: 'Search results', notFound: 'Nothing found', place: 'Place',
  overlap: 'Overlap', here: 'Features here', nothingHere: 'No feature here', class: 'Class', mu: 'mu', square: 'm²', share: 'Share', count: 'Count', id: 'Id',
  shareOf: 'of feature', sliver: 'sliver', uncovered: 'Uncovered', none: 'No overlap', link: 'Feature address', area: 'Area', noClass: '(no class)',
  pieces: 'The overlapping pieces are marked on the map', manyPieces: 'Too many pieces: only the sums are shown, and nothing is marked on the map, of', fewerPieces: 'A smaller area shows them all.', stop: '.', showPieces: 'List features', hidePieces: 'Hide features', summed: 'Overlaps within the layer; plain sum',
  draw: 'Draw a polygon', drawing: 'Click to add points; double-click or click the first to finish; Esc cancels', drawingKeys: 'Keyboard: arrow keys move the map, space adds a point, backspace takes it back, Enter finishes', edit: 'Edit', editing: 'Drag points to move them; drag midpoints to add; right-click a point to delete', done: 'Done', remove: 'Delete', drawn: 'Drawn polygon',
  typed: 'Type coordinates', typedHint: 'One point a line: lon,lat or X,Y (with zone)', typedGo: 'Analyse', typedFew: 'At least three points are needed', typedBad: 'Cannot read line', typedBadEnd: '',
  sheet: 'Print', sheetTitle: 'Title', sheetSave: 'Save PNG', sheetPrint: 'Print', sheetWait: 'Making the sheet…', sheetAlt: 'The map sheet', sheetDefault: 'Change patches and land use', north: 'N', date: 'Date', scale: 'Scale', system: 'CGCS2000 (EPSG:4490), drawn in Web Mercator',
  listOf: 'Features', inView: 'in the map view', first: 'Showing the first', some: '', more: 'More', chooseLayer: 'Layer', noFeatures: 'No features in view', total: 'of',
  empty: 'No layer yet. Import one:', emptyCommand: 'tuban import --layer NAME FILE',
  noWebGL: 'This browser has no WebGL2 and cannot show the map. Layers, feature lists, search and overlap still work.',
  failed: 'Loading failed', unavailable: 'Overlap is not available', generalised: 'Generalised at this scale: zoom in to see single features.',
  offline: 'Connection lost, trying again…', gone: 'This feature no longer exists', tilesFailed: 'Some tiles failed to load', less: 'Simplified at this scale, zoom in for everything:', comma: ', ',
  zone: 'zone', licences: 'Licences', menu: 'Panels', attributeCaption: 'Attributes', exported: 'The picture is ready', warnings: 'Problems in the geometry',
};

export const words: Record<Language, Record<Key, string>> = { zh, en };
export const locales: Record<Language, string> = { zh: 'zh-CN', en: 'en' };
