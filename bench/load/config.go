package load

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"tuban/bench"
	"tuban/internal/demo"
)

// Config is what all workloads over HTTP have in common. Rate 0 and Max false is
// a workload's own rate.
type Config struct {
	// Target is the address of a tuban server, or a template of the addresses of
	// any other; "" starts a server of our own, as Own says, and ends it.
	Target string
	Own    Own
	// Foreign says what is known of a server that Target is a template for.
	Foreign Foreign
	// PIDs are the processes of the server, with their children, for its CPU time
	// and memory. Without any, the process that listens on Target's port on this
	// machine is looked for.
	PIDs []int

	Layers      []string // to ask for; none is what the workload takes by itself
	Rate        float64  // requests a second
	Poisson     bool
	Max         bool // closed load: as much as Connections can
	Duration    time.Duration
	Warm        time.Duration // unmeasured requests before
	Connections int
	Timeout     time.Duration // for one answer
	Seed        uint64
	Sample      int    // answers that are checked before
	Coding      string // Accept-Encoding of the measured requests; "" or "identity" is none
}

// Own is how a server of our own is started.
type Own struct {
	Program string   // the tuban binary
	Args    []string // of the command that makes the data and serves it; --data, --listen and --no-tile-cache are added
	// Size and Seed are those of the demo city that it makes, for the report's
	// data hash.
	Size demo.Size
	Seed uint64
}

// hash returns the hash of the city's features; "" where the city is not known.
func (o *Own) hash(ctx context.Context) (string, error) {
	if o.Size.Parcels == 0 {
		return "", nil
	}
	city, err := NewCity(ctx, o.Seed, o.Size, nil)
	if err != nil {
		return "", err
	}
	return city.Hash(ctx)
}

// Foreign is what is known of a server that is not tuban.
type Foreign struct {
	Bounds orb.Bound // of its data; a zero box is unknown
	// City is the demo city whose files the server has loaded, nil for other data.
	// Answers can be checked against it.
	City *City
	// Method, Body and Type are those of the requests. The method is GET, or POST
	// with a body, unless one is given.
	Method string
	Body   string // a template
	Type   string // Content-Type; application/json unless another is given
	// Answer leads to what is checked in a JSON answer: areas in m², which are
	// summed, or ids. "" checks nothing.
	Answer string
	// Tolerance is how far, as a share of the polygon's area, a sum may be off.
	Tolerance float64
}

// foreign tells whether the target is not a tuban server: its addresses or its
// bodies come from templates.
func (c *Config) foreign() bool { return IsTemplate(c.Target) || c.Foreign.Body != "" }

// check refuses what cannot be.
func (c *Config) check() error {
	switch {
	case c.Rate < 0 || c.Connections < 1 || c.Duration <= 0 || c.Timeout <= 0 || c.Warm < 0 || c.Sample < 1:
		return fmt.Errorf("%w: rate, connections, duration, timeout and sample must be positive", ErrConfig)
	case c.Max && c.Rate > 0:
		return fmt.Errorf("%w: --max is a closed load, which has no rate", ErrConfig)
	case c.Target == "" && c.Own.Program == "":
		return fmt.Errorf("%w: neither a target nor a program to start", ErrConfig)
	case !slices.Contains([]string{"", "identity", "gzip", "zstd", "br"}, c.Coding):
		return fmt.Errorf("%w: encoding %q: give identity, gzip, br or zstd", ErrConfig, c.Coding)
	}
	return nil
}

// load returns the load, with a rate where none is given.
func (c *Config) load(rate float64) Load {
	l := Load{Connections: c.Connections, Duration: c.Duration, Grace: max(c.Duration, 10*time.Second)}
	switch {
	case c.Max:
	case c.Rate > 0:
		l.Arrivals = Arrivals{Rate: c.Rate, Poisson: c.Poisson, Seed: c.Seed}
	default:
		l.Arrivals = Arrivals{Rate: rate, Poisson: c.Poisson, Seed: c.Seed}
	}
	return l
}

// kind says in words what load it is.
func (l *Load) kind() string {
	gaps := "even"
	if l.Poisson {
		gaps = "Poisson"
	}
	if l.Rate == 0 {
		return fmt.Sprintf("closed, %d connections", l.Connections)
	}
	return fmt.Sprintf("open, %s/s %s, up to %d connections", strconv.FormatFloat(l.Rate, 'g', 6, 64), gaps, l.Connections)
}

// settings are what a report says of a run.
func (c *Config) settings(l *Load) []bench.Setting {
	coding := c.Coding
	if coding == "" {
		coding = "identity"
	}
	target := c.Target
	if target == "" {
		target = "own server (" + strings.Join(c.Own.Args, " ") + ")"
	}
	s := []bench.Setting{
		{Name: "target", Value: target}, {Name: "load", Value: l.kind()}, {Name: "duration", Value: c.Duration.String()},
		{Name: "warm-up", Value: c.Warm.String()}, {Name: "seed", Value: strconv.FormatUint(c.Seed, 10)},
		{Name: "encoding", Value: coding}, {Name: "timeout", Value: c.Timeout.String()},
	}
	if len(c.Layers) > 0 {
		s = append(s, bench.Setting{Name: "layers", Value: strings.Join(c.Layers, ",")})
	}
	return s
}
