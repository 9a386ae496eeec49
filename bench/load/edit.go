package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"tuban/bench"
	"tuban/feature"
)

// EditConfig is a load of edits with readers beside it, on a tuban server. Rate,
// Max and Connections of the Config are those of the edits.
type EditConfig struct {
	Config
	Layer    string  // edited; "" is the largest layer of patches
	Field    string  // the property that edits change; "" is a text field of the layer
	Features int     // how many features are edited, in turn: neighbours of one another
	Probe    int     // after each so-many-th edit its tile is fetched
	ReadRate float64 // reads a second
	Readers  int     // connections of the readers
	// Write allows edits on a server that this run has not started. What was
	// edited is put back at the end, but the data set's history keeps all of it.
	Write bool
}

// editRate is the rate of edits where none is given, a second.
const editRate = 200

// The rows of edits. An edit's kind is its index's lowest bit.
const (
	rowPatch = iota
	rowPut
	rowPatchShown // from sending the edit to the end of a tile that shows it
	rowPutShown
)

func editRows() []string {
	return []string{"PATCH a property", "PUT, a vertex moved", "PATCH → its tile shows it", "PUT → its tile shows it"}
}

// Edit measures edits, how soon tiles show them, and what readers feel of them.
func Edit(ctx context.Context, cfg EditConfig, progress bench.Progress) (_ *bench.Report, err error) {
	switch {
	case cfg.foreign():
		return nil, fmt.Errorf("%w: edits are for a tuban server", ErrConfig)
	case cfg.Target != "" && !cfg.Write:
		return nil, fmt.Errorf("%w: this changes features on %s (and puts them back): allow it first, or leave the target out and a server of its own is started", ErrConfig, cfg.Target)
	case cfg.Features < 1 || cfg.Probe < 1 || cfg.ReadRate <= 0 || cfg.Readers < 1:
		return nil, fmt.Errorf("%w: features, probes, rate and connections of readers must be positive", ErrConfig)
	}
	e := &editRun{cfg: &cfg, load: cfg.load(editRate)}
	e.session, err = newSession(ctx, &cfg.Config, needs{title: "Edits, and readers beside them", load: e.load}, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	if err := e.choose(ctx); err != nil {
		return nil, err
	}
	if err := e.prepareReads(ctx); err != nil {
		return nil, err
	}
	cold, err := e.coldReads(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	defer func() {
		if left := e.restore(ctx); left != nil { // it must not pass for a mere interruption
			err = fmt.Errorf("%w (%v)", left, err)
		}
	}()
	if err := e.begin(ctx); err != nil {
		return nil, err
	}
	if err := e.measure(ctx, cold); err != nil {
		return nil, err
	}
	return e.report, nil
}

// editRun is one measurement of edits.
type editRun struct {
	*session
	cfg     *EditConfig
	load    Load
	layer   Collection
	field   string
	targets []*target
	free    chan *target // those that nobody edits now
	readers *Client
	reads   *reading
	check   func() error // of a sample of the reads

	mu    sync.Mutex // guards stale and first
	stale int        // fetches that did not show an acknowledged edit
	first error      // the first of them
}

// target is a feature that is edited; one at a time has it.
type target struct {
	was     feature.Feature // as found
	path    string
	tile    Request // a tile that draws it
	moved   bool    // its second vertex is a little off
	touched bool
}

// edit is one arrival: a change of a feature, and for some a look at its tile.
func (e *editRun) edit(ctx context.Context, c *Call, exchanges []Exchange) {
	var t *target
	select {
	case t = <-e.free:
	case <-ctx.Done():
		return
	}
	defer func() { e.free <- t }()
	token := fmt.Sprintf("bench-%d-%09d", e.cfg.Seed, c.Index)
	kind := int(c.Index & 1)
	q := e.request(t, kind, token)
	t.touched = true
	x := &exchanges[c.Worker]
	err := e.client.Do(x, q)
	c.done(x, rowPatch+kind, err, nil)
	if err != nil || c.Index%int64(e.cfg.Probe) != 0 {
		return
	}
	err = e.client.Do(x, &t.tile)
	at := time.Now()
	if err != nil {
		c.Failed(rowPatchShown+kind, err)
		return
	}
	if err := e.shows(x, t, token); err != nil {
		e.notShown(&WrongError{t.tile.String(), fmt.Sprintf("feature %s, after its edit was acknowledged: %v", t.was.ID, err)})
		c.Failed(rowPatchShown+kind, err)
		return
	}
	c.Answered(rowPatchShown+kind, at, x.Sent())
}

func (e *editRun) notShown(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stale++; e.first == nil {
		e.first = err
	}
}

// measure runs the readers alone, then beside the edits, and writes the tables.
func (e *editRun) measure(ctx context.Context, cold *Outcome) error {
	e.progress.Say("readers alone", 0, -1)
	idle, _, _, err := e.read(ctx, e.reads, e.progress)
	if err != nil {
		return err
	}
	if e.cfg.Warm > 0 {
		e.progress.Say("warm-up", 0, -1)
		warm := e.load
		warm.Duration = e.cfg.Warm
		if _, err := e.drive(ctx, warm, nil); err != nil {
			return err
		}
	}
	var busy, edits *Outcome
	var readErr, editErr error
	before := usageOf(e.pids)
	var wg sync.WaitGroup
	wg.Go(func() { busy, _, _, readErr = e.read(ctx, e.reads, nil) })
	edits, editErr = e.drive(ctx, e.load, e.progress)
	wg.Wait()
	after := usageOf(e.pids)
	if err := errors.Join(readErr, editErr); err != nil {
		return err
	}
	if e.stale > 0 {
		return fmt.Errorf("%w (and %d more)", e.first, e.stale-1)
	}
	if edits.Answers() == 0 {
		return fmt.Errorf("no edit was taken: %s", countErrors(edits.Total().Errors))
	}
	e.tables(cold, idle, busy, edits)
	if before.known && after.known {
		e.report.Note("The server used %.2f CPU seconds a second for edits and reads together; its memory is %s, %s at its peak.",
			(after.cpu-before.cpu).Seconds()/max(edits.Elapsed, busy.Elapsed).Seconds(), megabytes(after.rss), megabytes(after.peak))
	}
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

// drive runs the edits.
func (e *editRun) drive(ctx context.Context, l Load, progress bench.Progress) (*Outcome, error) {
	exchanges := make([]Exchange, l.Connections)
	unsent := func(i int64) int { return rowPatch + int(i&1) }
	return Drive(ctx, l, len(editRows()), unsent, func(ctx context.Context, c *Call) { e.edit(ctx, c, exchanges) }, progress)
}

// tables writes what came of edits and reads.
func (e *editRun) tables(cold, idle, busy, edits *Outcome) {
	t := bench.Table{Title: "Edits", Columns: append([]bench.Column{{Name: "edit"}}, latencyColumns()...)}
	for i, name := range editRows() {
		t.Add(append([]any{name}, latencyCells(&edits.Groups[i], edits)...)...)
	}
	t.Notes = []string{fmt.Sprintf("All times run from the moment the edit was due. Each %s edit was followed by a fetch of a z%d tile, which was decoded: every one showed the edit at its first fetch.",
		ordinal(e.cfg.Probe), probeZoom)}
	u := bench.Table{Title: "Reads", Columns: append(append([]bench.Column{{Name: "read"}, {Name: "when"}}, latencyColumns()...), bench.Column{Name: "p99 ÷ alone", Unit: bench.Ratio})}
	if cold != nil {
		u.Add(append(append([]any{readRows()[readInside], "first time, alone"}, latencyCells(&cold.Groups[readInside], cold)...), nil)...)
	}
	for i, name := range readRows() {
		alone := &idle.Groups[i]
		beside := &busy.Groups[i]
		u.Add(append(append([]any{name, "alone"}, latencyCells(alone, idle)...), nil)...)
		u.Add(append(append([]any{name, "beside edits"}, latencyCells(beside, busy)...), ratio(beside.Latency.Tail(0.99), alone.Latency.Tail(0.99)))...)
	}
	e.report.Tables = append(e.report.Tables, t, u)
	e.tell(&e.load, edits)
	if errs := busy.Total().Errors; len(errs) > 0 {
		e.report.Note("Errors of readers beside edits: %s.", countErrors(errs))
	}
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

func ordinal(n int) string {
	switch {
	case n%10 == 1 && n%100 != 11:
		return fmt.Sprintf("%dst", n)
	case n%10 == 2 && n%100 != 12:
		return fmt.Sprintf("%dnd", n)
	case n%10 == 3 && n%100 != 13:
		return fmt.Sprintf("%drd", n)
	}
	return fmt.Sprintf("%dth", n)
}
