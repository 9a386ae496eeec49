package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"tuban/cql2"
	"tuban/engine"
	"tuban/feature"
	"tuban/formats/pmtiles"
	"tuban/tiles"
)

// Pyramid says which tiles ExportPyramid writes.
type Pyramid struct {
	Layers           []*engine.LayerView // of one View, at least one
	Seq              feature.Seq         // of that View
	Filter           *cql2.Filter        // on the features of every layer; nil is all
	MinZoom, MaxZoom uint8
	Generator        string // names the program in the metadata
}

// subject names what is exported: an interrupted export goes on only with the same.
func (p *Pyramid) subject() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s seq %d zoom %d-%d:", p.Generator, p.Seq, p.MinZoom, p.MaxZoom)
	for _, l := range p.Layers {
		fmt.Fprintf(&b, " %s@%s", l.Layer().ID, l.Vintage())
	}
	if p.Filter != nil {
		fmt.Fprintf(&b, " where %s", p.Filter)
	}
	return b.String()
}

// Pyramided counts what ExportPyramid has written.
type Pyramided struct {
	Tiles   uint64 `json:"tiles"`   // not empty ones
	Bytes   uint64 `json:"bytes"`   // of the different tiles, gzipped
	Resumed uint64 `json:"resumed"` // addresses that an interrupted export had done
}

// checkpointTiles is how many tiles an interruption may cost.
const checkpointTiles = 4096

// ExportPyramid writes the tiles of some layers as a PMTiles archive, each to the
// byte what the server answers with gzip at that seq. It goes on with an
// interrupted export of the same; an error that wraps pmtiles.ErrOther tells that
// path.partial holds another one. Tiles are rendered on all processors. progress
// may be nil. A filter that does not fit a layer is a *cql2.Error.
func ExportPyramid(ctx context.Context, p Pyramid, path string, progress func(done, total int64)) (Pyramided, error) {
	drawn, err := p.drawn()
	if err != nil {
		return Pyramided{}, err
	}
	bound, ok := extent(p.Layers)
	if !ok {
		return Pyramided{}, errors.New("the layers are empty: there is nothing to draw")
	}
	addresses, err := hilbert(bound, p.MinZoom, p.MaxZoom)
	if err != nil {
		return Pyramided{}, err
	}
	w, err := pmtiles.Create(path, p.subject())
	if err != nil {
		return Pyramided{}, err
	}
	first, _ := slices.BinarySearch(addresses, w.Next())
	done := Pyramided{Resumed: uint64(first)}
	err = render(ctx, drawn, addresses[first:], func(i int, f *tiles.Finished) error {
		if err := w.Add(addresses[first+i], f.Body); err != nil {
			return err
		}
		if progress != nil {
			progress(int64(first+i+1), int64(len(addresses)))
		}
		if (i+1)%checkpointTiles == 0 {
			return w.Checkpoint()
		}
		return nil
	})
	if err != nil {
		return done, errors.Join(err, w.Checkpoint(), w.Close())
	}
	done.Tiles, done.Bytes = w.Tiles()
	info, err := p.info(bound)
	if err != nil {
		return done, errors.Join(err, w.Close())
	}
	return done, w.Finish(info)
}

// drawn returns the layers as they are drawn.
func (p *Pyramid) drawn() ([]tiles.Layer, error) {
	drawn := make([]tiles.Layer, len(p.Layers))
	for i, l := range p.Layers {
		drawn[i] = l
		if p.Filter == nil {
			continue
		}
		if err := p.Filter.Check(l.Layer()); err != nil {
			return nil, err
		}
		drawn[i] = tiles.Filtered(l, func(s feature.Slot) bool { return p.Filter.Match(l, s) })
	}
	return drawn, nil
}

// maxPyramid bounds the addresses of one archive, each 8 bytes of memory.
const maxPyramid = 1 << 28

// hilbert returns the ids of the tiles that may show something, by rising id.
func hilbert(bound orb.Bound, minZoom, maxZoom uint8) ([]uint64, error) {
	var ids []uint64
	for z := minZoom; z <= maxZoom; z++ {
		r := tiles.WebMercatorQuad.Cover(bound, z)
		if len(ids)+r.Len() > maxPyramid {
			return nil, fmt.Errorf("zoom %d has %d tiles: too many for one archive; choose a lower --max-zoom", z, r.Len())
		}
		from := len(ids)
		r.Each(func(a tiles.Address) bool {
			ids = append(ids, pmtiles.ID(a.Z, a.X, a.Y))
			return true
		})
		slices.Sort(ids[from:])
	}
	return ids, nil
}

// rendered is a tile on its way from a worker.
type rendered struct {
	tile *tiles.Finished
	err  error
}

// render makes the tiles of ids on all processors and gives them to take in their
// order.
func render(ctx context.Context, drawn []tiles.Layer, ids []uint64, take func(i int, f *tiles.Finished) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type job struct {
		id   uint64
		done chan rendered
	}
	workers := runtime.GOMAXPROCS(0)
	jobs, order := make(chan job), make(chan job, 8*workers)
	for range workers {
		go func() {
			for j := range jobs {
				j.done <- renderOne(drawn, j.id)
			}
		}()
	}
	go func() {
		defer close(jobs)
		defer close(order)
		for _, id := range ids {
			j := job{id, make(chan rendered, 1)}
			select {
			case order <- j:
			case <-ctx.Done():
				return
			}
			jobs <- j
		}
	}()
	i := 0
	for j := range order {
		r := <-j.done
		if err := cmp.Or(ctx.Err(), r.err); err != nil {
			return err
		}
		if err := take(i, r.tile); err != nil {
			return err
		}
		i++
	}
	return ctx.Err()
}

func renderOne(layers []tiles.Layer, id uint64) rendered {
	z, x, y, _ := pmtiles.Place(id)
	t, err := tiles.Render(layers, tiles.Address{Z: z, X: x, Y: y}, tiles.Options{})
	if err != nil {
		return rendered{err: err}
	}
	f, err := tiles.Finish(t, tiles.Gzip)
	return rendered{f, err}
}

// info returns the archive's header and metadata.
func (p *Pyramid) info(bound orb.Bound) (info pmtiles.Info, err error) {
	info.MinZoom, info.MaxZoom, info.CenterZoom = p.MinZoom, p.MaxZoom, p.MinZoom
	info.Bound, info.Center = bound, bound.Center()
	names := make([]string, len(p.Layers))
	vector := make([]tiles.VectorLayer, len(p.Layers))
	for i, l := range p.Layers {
		d := l.Layer()
		names[i], vector[i] = string(d.ID), tiles.Describe(d, nil)
	}
	info.Metadata, err = json.Marshal(map[string]any{
		"name": strings.Join(names, ","), "format": "pbf", "type": "overlay", "version": "1.0.0",
		"generator": p.Generator, "tuban:seq": p.Seq, "vector_layers": vector,
	})
	return info, err
}

// extent returns the box of several layers.
func extent(layers []*engine.LayerView) (all orb.Bound, ok bool) {
	for _, l := range layers {
		b, has := l.Extent()
		switch {
		case !has:
		case !ok:
			all, ok = b, true
		default:
			all = all.Union(b)
		}
	}
	return all, ok
}
