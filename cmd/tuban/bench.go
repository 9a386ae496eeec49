package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"tuban/bench"
)

// benchCmd is the measuring bench. Each family of sub-commands is a struct in a
// file of its own, embedded here by one line.
type benchCmd struct {
	benchGrowth `embed:""`
	benchKernel `embed:""`
	benchGen    `embed:""`
	benchLoad   `embed:""`
	benchPeers  `embed:""`
}

// Help is shown by bench --help.
func (c *benchCmd) Help() string {
	return `Measures, and prints a table with the command that repeats it, the commit, the machine and the data.
Answers are checked before anything is timed; a claim is a ratio from alternating rounds of one run.
See bench/README.md for what each number means and what it does not.`
}

// reportFlags say where a report goes besides the standard output.
type reportFlags struct {
	Write []string `help:"Also write the report to FILE: Markdown where it ends in .md, JSON where it ends in .json. May be given more than once." placeholder:"FILE"`
}

// measure runs a measurement and prints its report: Markdown, or JSON with --json.
func (a *app) measure(f *reportFlags, what string, run func(ctx context.Context, progress bench.Progress) (*bench.Report, error)) error {
	for _, name := range f.Write {
		if ext := filepath.Ext(name); ext != ".md" && ext != ".json" {
			return usagef("--write %s: give a name that ends in .md or .json", name)
		}
	}
	p := a.newProgress("bench " + what)
	report, err := run(a.ctx, p.update)
	p.end()
	if err != nil {
		return err
	}
	report.Command = a.commandLine(report.Environment.Tags)
	for _, name := range f.Write {
		write := report.WriteMarkdown
		if filepath.Ext(name) == ".json" {
			write = report.WriteJSON
		}
		if err := writeWhole(name, func(w io.Writer) error { return write(w) }); err != nil {
			return err
		}
	}
	if a.json {
		return report.WriteJSON(a.stdout)
	}
	return report.WriteMarkdown(a.stdout)
}

// commandLine returns what repeats this run from the source: the arguments as
// given, less those that only say where the report goes.
func (a *app) commandLine(tags string) string {
	words := []string{"go run"}
	if tags != "" {
		words = append(words, "-tags "+quoted(tags))
	}
	words = append(words, "./cmd/tuban")
	for i := 0; i < len(a.args); i++ {
		switch arg := a.args[i]; {
		case arg == "--write":
			i++
		case arg == "--json" || strings.HasPrefix(arg, "--write="):
		case arg == "--token":
			words = append(words, "--token TOKEN")
			i++
		case strings.HasPrefix(arg, "--token="):
			words = append(words, "--token=TOKEN")
		default:
			words = append(words, quoted(withoutPassword(arg)))
		}
	}
	return strings.Join(words, " ")
}

// withoutPassword hides the password of an address.
func withoutPassword(arg string) string {
	if u, err := url.Parse(arg); err == nil && u.User != nil {
		return u.Redacted()
	}
	return arg
}

// quoted returns a word as a shell wants it.
func quoted(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,:/@%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return fmt.Sprintf("'%s'", strings.ReplaceAll(word, "'", `'\''`))
}
