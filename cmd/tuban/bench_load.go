package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"tuban/bench"
	"tuban/bench/gen"
	"tuban/bench/load"
)

// benchLoad are the sub-commands of bench that work a server over HTTP, or time
// the whole program.
type benchLoad struct {
	Overlap benchOverlapCmd `cmd:"" help:"Overlap queries over HTTP."`
	Locate  benchLocateCmd  `cmd:"" help:"Point look-ups over HTTP."`
	Tiles   benchTilesCmd   `cmd:"" help:"Tiles over HTTP, by zoom."`
	Batch   benchBatchCmd   `cmd:"" help:"Overlap queries of many polygons in one body."`
	Edit    benchEditCmd    `cmd:"" help:"Edits, how soon tiles show them, and readers beside them."`
	Open    benchOpenCmd    `cmd:"" help:"Starting the program on a data set, until it is ready."`
	Import  benchImportCmd  `cmd:"" help:"Importing files, and opening what came of it."`
	Target  benchTargetCmd  `cmd:"" hidden:"" help:"The server that the others start."`
}

// loadFlags are what all loads over HTTP share.
type loadFlags struct {
	reportFlags `embed:""`
	Target      string        `help:"Server to measure: the address of a tuban server, or a template of addresses of any other. Without it one is started on a throw-away demo city." placeholder:"URL"`
	Size        string        `help:"Size of that city, in parcels: 20k, 200k, 1m or 5m." enum:"20k,200k,1m,5m" default:"20k"`
	CitySeed    uint64        `help:"Seed of that city." default:"1"`
	PID         []int         `name:"pid" help:"Processes of the server, for its CPU and memory; found by itself on this machine." placeholder:"N,N"`
	Layers      []string      `help:"Layers to ask for; all that fit if not given." placeholder:"A,B"`
	Rate        float64       `help:"Requests a second: an open load, whose latencies run from when a request was due." placeholder:"R" xor:"load"`
	Poisson     bool          `help:"Random gaps between requests, as from many users, in place of even ones."`
	Max         bool          `help:"As many requests as the connections can: a closed load, for the throughput." xor:"load"`
	Duration    time.Duration `help:"How long to measure." default:"10s"`
	Warmup      time.Duration `help:"Unmeasured requests before." default:"2s"`
	Connections int           `help:"Requests under way at once, at most." default:"16"`
	Timeout     time.Duration `help:"Longest wait for an answer." default:"30s"`
	Seed        uint64        `help:"Seed of what is asked, and when." default:"1"`
	Sample      int           `help:"Answers that are checked before anything is timed." default:"20"`
	Encoding    string        `help:"Accept-Encoding: identity, gzip, br or zstd." enum:"identity,gzip,br,zstd" default:"gzip"`
}

// config returns the part of a workload's configuration that all share.
func (f *loadFlags) config() (load.Config, error) {
	own, err := ownServer(f.Size, f.CitySeed)
	return load.Config{
		Target: f.Target, Own: own, PIDs: f.PID, Layers: f.Layers, Rate: f.Rate, Poisson: f.Poisson, Max: f.Max,
		Duration: f.Duration, Warm: f.Warmup, Connections: f.Connections, Timeout: f.Timeout, Seed: f.Seed,
		Sample: f.Sample, Coding: f.Encoding,
	}, err
}

// ownServer says how this program serves a demo city for a measurement.
func ownServer(size string, seed uint64) (load.Own, error) {
	program, err := os.Executable()
	if err != nil {
		return load.Own{}, err
	}
	made, err := gen.SizeNamed(size)
	args := []string{"bench", "target", "--size", size, "--seed", strconv.FormatUint(seed, 10), "--log-level", "warn"}
	return load.Own{Program: program, Args: args, Size: made, Seed: seed}, err
}

// foreignFlags are what must be said of a server that is not tuban.
type foreignFlags struct {
	Bounds    string  `help:"Of another server: the box of its data, in degrees." placeholder:"W,S,E,N"`
	Holds     string  `help:"Of another server: the size of the demo city that it has loaded (tuban bench gen), seed --city-seed; answers are checked against it." enum:",20k,200k,1m,5m" default:"" placeholder:"SIZE"`
	Method    string  `help:"Of another server: the method; GET, or POST with a body." placeholder:"M"`
	Body      string  `help:"Of another server: template of the body." placeholder:"TEXT"`
	Type      string  `help:"Of another server: Content-Type of the body." default:"application/json"`
	Answer    string  `help:"Of another server: where in its JSON the areas (m²) or ids stand, such as results.*.area." placeholder:"PATH"`
	Tolerance float64 `help:"Of another server: how far the sum of areas may be off, as a share of the polygon's." default:"0.0001"`
}

// add adds what is known of another server to a configuration.
func (f *foreignFlags) add(a *app, c *load.Config, citySeed uint64, progress bench.Progress) error {
	c.Foreign = load.Foreign{Method: f.Method, Body: f.Body, Type: f.Type, Answer: f.Answer, Tolerance: f.Tolerance}
	if f.Body == "" {
		c.Foreign.Type = ""
	}
	if f.Bounds != "" {
		box, err := parseBounds(f.Bounds)
		if err != nil {
			return err
		}
		c.Foreign.Bounds = box
	}
	if f.Holds == "" {
		return nil
	}
	size, err := gen.SizeNamed(f.Holds)
	if err != nil {
		return err
	}
	c.Foreign.City, err = load.NewCity(a.ctx, citySeed, size, func(done, total int) {
		progress.Say("making the city to check against", int64(done), int64(total))
	})
	return err
}

func parseBounds(text string) (orb.Bound, error) {
	var v [4]float64
	parts := strings.Split(text, ",")
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || len(parts) != len(v) {
			return orb.Bound{}, usagef("--bounds %q: give west,south,east,north in degrees", text)
		}
		v[i] = f
	}
	if v[0] >= v[2] || v[1] >= v[3] || v[1] < -90 || v[3] > 90 {
		return orb.Bound{}, usagef("--bounds %q: the order is west,south,east,north", text)
	}
	return orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}, nil
}

// runLoad measures and calls a bad configuration a usage error.
func (a *app) runLoad(f *reportFlags, what string, run func(ctx context.Context, progress bench.Progress) (*bench.Report, error)) error {
	err := a.measure(f, what, run)
	if errors.Is(err, load.ErrConfig) {
		return usageError{err}
	}
	return err
}

// fill sets what all loads share, and what is known of another server.
func (f *loadFlags) fill(a *app, c *load.Config, foreign *foreignFlags, progress bench.Progress) (err error) {
	if *c, err = f.config(); err != nil {
		return err
	}
	return foreign.add(a, c, f.CitySeed, progress)
}

// benchTargetCmd makes a demo city where there is none and serves it, for the
// other commands.
type benchTargetCmd struct {
	serveFlags  `embed:""`
	Size        string `help:"20k, 200k, 1m or 5m parcels." enum:"20k,200k,1m,5m" default:"20k"`
	Seed        uint64 `help:"Seed of the city." default:"1"`
	NoTileCache bool   `help:"Make every tile on each request."`
}

// Run serves.
func (c *benchTargetCmd) Run(a *app) error {
	size, err := gen.SizeNamed(c.Size)
	if err != nil {
		return usagef("--size: %v", err)
	}
	return a.serve(&c.serveFlags, func(e *opened) error {
		if c.NoTileCache {
			e.cache = nil
		}
		if err := a.makeCity(e, recipe{size, c.Seed}, c.Data); err != nil {
			return fmt.Errorf("making the demo city: %w", err)
		}
		return nil
	})
}
