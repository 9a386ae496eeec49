// Where the console cannot run (a browser too old for its script, or a script
// that did not arrive): says so, and lists layers and features, in the oldest
// words there are. It runs first and waits for an error.
(function () {
  var root = '../';

  function add(parent, name, text) {
    var e = document.createElement(name);
    if (text) e.appendChild(document.createTextNode(text));
    parent.appendChild(e);
    return e;
  }

  function read(path, done) {
    var r = new XMLHttpRequest();
    r.onload = function () { if (r.status === 200) done(JSON.parse(r.responseText)); };
    r.open('GET', root + path);
    r.setRequestHeader('Accept', 'application/geo+json, application/json');
    r.send();
  }

  function link(parent, path, text) {
    add(parent, 'a', text).setAttribute('href', root + path);
  }

  function features(parent, path) {
    read(path + '?limit=100', function (page) {
      var list = add(parent, 'ol'), i, at, item;
      for (i = 0; i < page.features.length; i++) {
        item = path + '/' + encodeURIComponent(page.features[i].id);
        at = add(list, 'li');
        link(at, item, page.features[i].id);
      }
      add(parent, 'p', page.features.length + ' / ' + page.numberMatched);
    });
  }

  function layer(list, c) {
    var at = add(list, 'li'), path = 'collections/' + encodeURIComponent(c.id) + '/items';
    var titles = c.titles || {};
    link(at, path, (titles.zh || '') + ' ' + (titles.en || c.id));
    add(at, 'span', ' ' + c.feature_count + ' ');
    var button = add(at, 'button', '列出 List');
    button.onclick = function () {
      at.removeChild(button);
      features(at, path);
    };
  }

  var shown = false;
  function show() {
    var boot = document.getElementById('boot');
    if (!boot || shown) return; // the console runs
    shown = true;
    boot.innerHTML = '';
    add(boot, 'strong', '浏览器太旧（或页面没有完整载入），无法显示地图。请使用新版浏览器。以下是图层与要素清单。');
    add(boot, 'br');
    add(boot, 'strong', 'This browser is too old for the map (or the page did not arrive whole). Please use a newer one. Layers and features:');
    read('collections', function (answer) {
      var list = document.createElement('ul'), i;
      list.id = 'old-layers';
      boot.parentNode.insertBefore(list, boot.nextSibling);
      for (i = 0; i < answer.collections.length; i++) layer(list, answer.collections[i]);
    });
  }

  function whenRead(f) {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', f);
    else f();
  }

  if (!('noModule' in document.createElement('script'))) whenRead(show);
  window.addEventListener('error', function () { whenRead(show); }, true);
})();
