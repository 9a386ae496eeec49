package peers

import (
	"context"
	"fmt"
	"slices"

	"github.com/valyala/fasthttp"
)

// floorGoal is DESIGN 9's: how much of the speed of the HTTP library alone a warm
// tile reaches.
const floorGoal = 0.8

// floorZoom is the zoom of the warm tile.
const floorZoom = 14

// floor measures a warm tile against a server of the same HTTP library that
// writes as many bytes from memory and does nothing else, in a process of its
// own. The goal is of CPU per answer.
func (r *run) floor(ctx context.Context) error {
	path, size, err := r.warmTile(ctx)
	if err != nil {
		return err
	}
	p, err := startProcess(r.cfg.Child)
	if err != nil {
		return err
	}
	r.others = append(r.others, p)
	bare, err := p.call(request{Floor: size})
	if err != nil {
		return err
	}
	for _, n := range []int{1, parallel} {
		work := fmt.Sprintf("warm tile of %d bytes, gzip", size)
		cases := r.cfg.most(1000)
		if n > 1 {
			work += fmt.Sprintf(", %d connections", n)
		}
		ask := func(clients []*client) func(context.Context, int, int) (int64, error) {
			return func(ctx context.Context, w, _ int) (int64, error) {
				got, err := clients[w].size(ctx, path, nil, fasthttp.HeaderAcceptEncoding, "gzip")
				if err == nil && got != int64(size) {
					err = fmt.Errorf("%d bytes, not %d", got, size)
				}
				return got, err
			}
		}
		err := r.measure(ctx, &row{work: work, against: "fasthttp", goal: floorGoal,
			tuban: &side{name: "tuban", workers: n, cases: cases, cpu: r.tuban.cpu, ask: ask(newClients(r.reply.Cached, n))},
			other: &side{name: "fasthttp", workers: n, cases: cases, cpu: p.cpu, ask: ask(newClients(bare.Address, n))}})
		if err != nil {
			return err
		}
	}
	return nil
}

// warmTile returns the tile of the median size among some of its zoom.
func (r *run) warmTile(ctx context.Context) (path string, size int, err error) {
	c := newClient(r.reply.Cached)
	var sizes []int
	at := map[int]string{}
	for _, a := range r.data.addresses(floorZoom, r.cfg.most(51), r.cfg.Seed) {
		p := fmt.Sprintf("/mvt/%s/%s", parcelLayer, a)
		n, err := c.size(ctx, p, nil, fasthttp.HeaderAcceptEncoding, "gzip")
		if err != nil {
			return "", 0, err
		}
		if n > 0 {
			sizes = append(sizes, int(n))
			at[int(n)] = p
		}
	}
	if len(sizes) == 0 {
		return "", 0, errNoAnswer
	}
	size = middle(sizes)
	return at[size], size, nil
}

// middle returns the median of a list that is not empty.
func middle(list []int) int {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
