// The API beside the console, at "../" of the page.

export const root = new URL('../', location.href.split('#')[0]);

/** Address of an API path such as "collections". */
export const address = (path) => new URL(path, root).href;

/** An answer that was not a success. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem?.detail || problem?.title || `HTTP ${status}`);
    this.status = status;
  }
}

let seen = 0;
let tell = () => {};

/** Calls f with the data set's seq whenever an answer names a later one. */
export function onSeq(f) { tell = f; }

export function noteSeq(seq) {
  if (seq > seen) tell(seen = seq);
}

export const currentSeq = () => seen;

export async function json(path, signal) {
  const r = await fetch(address(path), { headers: { Accept: 'application/geo+json, application/json' }, signal });
  noteSeq(Number(r.headers.get('Tuban-Seq') ?? 0));
  if (!r.ok) throw new Refusal(r.status, await r.json().catch(() => null));
  return r.json();
}

/**
 * The data set's layers, each with what the map needs: tile addresses, zooms,
 * bounds and fields from its TileJSON, class dictionary from its collection.
 */
export async function layers() {
  const { collections = [] } = await json('collections');
  return Promise.all(collections.map(async (c) => {
    const id = encodeURIComponent(c.id);
    const [full, tiles] = await Promise.all([
      c.classes ? c : json(`collections/${id}`).catch(() => c),
      json(`mvt/${id}.json`).catch(() => null),
    ]);
    const fields = tiles?.vector_layers?.find((v) => v.id === c.id)?.fields ?? {};
    return {
      ...c, ...full, fields,
      classes: full.classes ?? [],
      classField: full.class_field ?? full.classField ?? '',
      kind: full.kind ?? 'reference',
      bounds: tiles?.bounds ?? full.extent?.spatial?.bbox?.[0] ?? null,
      tiles: (tiles?.tiles ?? [`${root}mvt/${id}/{z}/{x}/{y}`]).map(here),
      minzoom: tiles?.minzoom ?? 0, maxzoom: tiles?.maxzoom ?? 16,
    };
  }));
}

/** A tile address on the page's own origin, also when a proxy hides the server's. */
function here(url) {
  const braces = url.replace(/\{([zxy])\}/g, '__$1__');
  const u = new URL(braces, root);
  const path = u.pathname.includes('/mvt/') ? u.pathname.slice(u.pathname.indexOf('/mvt/') + 1) : u.pathname;
  return new URL(path + u.search, root).href.replace(/__([zxy])__/g, '{$1}');
}

export const item = (layer, id, signal) =>
  json(`collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(id)}`, signal);

export const overlap = (layer, id, others, signal) =>
  json(`collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(id)}/overlap?` +
    new URLSearchParams({ layers: others.join(','), detail: 'classes' }), signal);

/**
 * Follows the commits while the page is in sight. changed is called with the
 * commit; state with true and false as the connection comes and goes. A hidden
 * page gives its connection back: a browser has only six to a host.
 */
export function follow(changed, state) {
  let source = null;
  const open = () => {
    source = new EventSource(address('events'));
    source.onopen = () => state(true);
    source.onerror = ({ target }) => {
      state(false);
      // A refused stream (too many, still loading) is not tried again by itself.
      if (target.readyState === EventSource.CLOSED) setTimeout(() => { if (target === source) open(); }, 10_000);
    };
    const take = (e) => {
      let commit;
      try { commit = JSON.parse(e.data); } catch { return; }
      noteSeq(Number(commit.seq ?? e.lastEventId ?? 0));
      changed(commit);
    };
    for (const name of ['commit', 'reset']) source.addEventListener(name, take);
  };
  document.addEventListener('visibilitychange', async () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      const before = seen;
      open();
      await json('collections').catch(() => null);
      if (seen !== before) changed({ seq: seen });
    }
  });
  if (!document.hidden) open();
}
