// For browsers without ES modules: say so, in the oldest words there are.
document.getElementById('boot').innerHTML =
  '浏览器太旧，无法显示地图。请使用新版浏览器。<br>This browser is too old for the map. <a href="../collections">/collections</a>';
