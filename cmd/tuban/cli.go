package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"

	"github.com/alecthomas/kong"

	"tuban/store"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// cli is the command line. Defaults < configuration file < environment < flags.
type cli struct {
	Config kong.ConfigFlag `help:"JSON file with flags as members, e.g. {\"data\": \"/var/lib/tuban\"}." placeholder:"FILE"`
	JSON   bool            `name:"json" help:"Print results as JSON, for machines."`

	Serve       serveCmd       `cmd:"" help:"Serve a data set: API, tiles and console."`
	Demo        demoCmd        `cmd:"" help:"Make a small seeded city if it is not there, and serve it."`
	Import      importCmd      `cmd:"" help:"Read files into a layer, all or nothing."`
	Export      exportCmd      `cmd:"" help:"Write a layer to a file."`
	Overlap     overlapCmd     `cmd:"" help:"Lay polygons over layers: what they lie on, and how much of each."`
	Seed        seedCmd        `cmd:"" help:"Warm a running server's tile cache."`
	Check       checkCmd       `cmd:"" help:"Read everything that is stored and verify it."`
	Bench       benchCmd       `cmd:"" help:"Measure: areas, load, growth, other engines beside."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask a server whether it is ready (for containers)."`
	Version     versionCmd     `cmd:"" help:"Print version, commit and platform."`
}

// app is what every command gets.
type app struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	json   bool
	args   []string // as given, for reports that say how to repeat them
}

// usageError is a mistake in how the command was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

const description = `tuban keeps polygons and reference layers in memory, backed by a directory, answers
"what does this lie on, and how much of each" exactly, and serves vector tiles that
are fresh the moment an edit is acknowledged.

Start here:
  tuban demo                                            a seeded city on http://127.0.0.1:8080
  tuban import --layer parcels parcels.shp.zip          a layer from a file
  tuban import --layer dltb --class-field DLBM --encoding gbk dltb.shp
  tuban serve                                           serve ./tuban-data
  tuban overlap --input patches.geojson --layers dltb   areas as CSV

Every command has --help with examples.`

// run parses the arguments, runs the command and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c cli
	code := -1
	parser, err := kong.New(&c, kong.Name("tuban"), kong.Description(description), kong.Writers(stdout, stderr),
		kong.Configuration(kong.JSON), kong.Vars{"user": userName()}, kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(n int) { code = n; panic(exiting{}) }))
	if err != nil {
		fmt.Fprintln(stderr, "tuban:", err)
		return exitFailed
	}
	defer func() {
		if x := recover(); x != nil {
			if _, ok := x.(exiting); !ok {
				panic(x)
			}
		}
	}()
	code = execute(ctx, parser, &c, args, stdout, stderr)
	return code
}

// userName is who runs the command, for commits.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

// exiting unwinds kong's --help, which wants to end the process.
type exiting struct{}

func execute(ctx context.Context, parser *kong.Kong, c *cli, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "tuban: %v\nTry: tuban %s--help\n", err, commandOf(parser, args))
		return exitUsage
	}
	a := &app{ctx: ctx, stdout: stdout, stderr: stderr, json: c.JSON, args: args}
	err = k.Run(a)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, "tuban:", err)
		return exitUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "tuban: interrupted; nothing was changed")
		return exitFailed
	}
	fmt.Fprintln(stderr, "tuban:", explain(err))
	return exitFailed
}

// explain adds what to do to an error that a user can act on.
func explain(err error) string {
	var use *store.InUseError
	if errors.As(err, &use) && use.Holder != "" {
		return fmt.Sprintf("%v\nThe server has it open: run the same command with --server %s", err, use.Holder)
	}
	return err.Error()
}

// commandOf returns the command that was meant, with a space, if there is one of
// that name.
func commandOf(parser *kong.Kong, args []string) string {
	for _, n := range parser.Model.Children {
		if len(args) > 0 && n.Name == args[0] {
			return n.Name + " "
		}
	}
	return ""
}
