package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"

	"tuban/server"
)

// serveFlags are what serve and demo share.
type serveFlags struct {
	Data         string     `help:"Directory of the data set." default:"./tuban-data" env:"TUBAN_DATA" placeholder:"DIR" type:"path"`
	Listen       string     `help:"Address to serve on." default:"127.0.0.1:8080" env:"TUBAN_LISTEN" placeholder:"ADDR"`
	InsecureOpen bool       `help:"Serve an address that others can reach without tokens: anyone there can read and change everything." env:"TUBAN_INSECURE_OPEN"`
	BaseURL      string     `name:"base-url" help:"Address that links begin with, if a proxy hides this server." env:"TUBAN_BASE_URL" placeholder:"URL"`
	LogLevel     slog.Level `help:"Least level of the JSON log on stderr: debug, info, warn, error." default:"info" env:"TUBAN_LOG_LEVEL"`
}

// serveCmd serves a directory.
type serveCmd struct {
	serveFlags `embed:""`
}

// Help is shown by serve --help.
func (c *serveCmd) Help() string {
	return `Opens DIR (making an empty data set if there is none), reads every layer into memory
and serves until it is told to stop (Ctrl-C or SIGTERM); requests under way are answered first.

  tuban serve
  tuban serve --data /var/lib/tuban --listen 127.0.0.1:9000
  TUBAN_DATA=/var/lib/tuban tuban serve`
}

// Run serves until the context ends.
func (c *serveCmd) Run(a *app) error {
	return a.serve(&c.serveFlags, func(*opened) error { return nil })
}

// serve opens a data set, lets prepare fill it, and serves it.
func (a *app) serve(f *serveFlags, prepare func(*opened) error) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", f.Listen) // before the work, so that a taken port is told at once
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(a.stderr, &slog.HandlerOptions{Level: f.LogLevel}))
	e, err := a.open(a.ctx, f.Data, openOptions{logger: logger})
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer closing(e, &err)
	if err := prepare(e); err != nil {
		return errors.Join(err, ln.Close())
	}
	url := "http://" + hostPort(ln.Addr())
	if err := e.SetAddress(url); err != nil {
		return errors.Join(err, ln.Close())
	}
	s, err := server.New(e.Engine, server.Options{Logger: logger, Tiles: e.cache, BaseURL: f.BaseURL, Hosts: f.hosts(), Version: version})
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	a.greet(url, e)
	select {
	case err := <-done:
		return err
	case <-a.ctx.Done():
	}
	fmt.Fprintln(a.stderr, "stopping: answering what is under way …")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), shutdownTimeout)
	defer cancel()
	return s.Shutdown(ctx)
}

// hosts are the names that a server for this machine alone answers to.
func (f *serveFlags) hosts() []string {
	if f.InsecureOpen {
		return nil
	}
	names := []string{"localhost", "127.0.0.1", "::1"}
	if host, _, err := net.SplitHostPort(f.Listen); err == nil {
		names = append(names, strings.ToLower(host))
	}
	if u, err := url.Parse(f.BaseURL); err == nil && u.Hostname() != "" {
		names = append(names, strings.ToLower(u.Hostname()))
	}
	return names
}

// check refuses an address that others can reach while nothing asks who they are.
func (f *serveFlags) check() error {
	host, _, err := net.SplitHostPort(f.Listen)
	if err != nil {
		return usagef("--listen %q: %v (use host:port, such as 127.0.0.1:8080)", f.Listen, err)
	}
	if u, err := url.Parse(f.BaseURL); f.BaseURL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return usagef("--base-url %q: give scheme, host and path, such as https://map.example/tuban", f.BaseURL)
	}
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() || f.InsecureOpen {
		return nil
	}
	return usagef("--listen %s can be reached by others, and nothing asks them for a token: listen on 127.0.0.1 behind a proxy that does, or say --insecure-open if anyone there may read and change everything", f.Listen)
}

// hostPort is the address to show: the wildcard address as this machine's own.
func hostPort(addr net.Addr) string {
	text := addr.String()
	for _, any := range []string{"[::]:", "0.0.0.0:"} {
		if rest, ok := strings.CutPrefix(text, any); ok {
			return "127.0.0.1:" + rest
		}
	}
	return text
}

// greet prints what to open.
func (a *app) greet(url string, e *opened) {
	v := e.View()
	fmt.Fprintf(a.stdout, "tuban %s serves %d layers at seq %d\n\n  map    %s/\n  API    %s/collections   (%s/api: OpenAPI)\n", version, len(v.Layers()), v.Seq(), url, url, url)
	if ls := v.Layers(); len(ls) > 0 {
		ids := make([]string, len(ls))
		for i, l := range ls {
			ids[i] = string(l.Layer().ID)
		}
		fmt.Fprintf(a.stdout, "  tiles  %s/mvt/%s/{z}/{x}/{y}\n", url, strings.Join(ids, ","))
	} else {
		fmt.Fprintf(a.stdout, "\nNo layer yet. In another terminal:\n  tuban import --server %s --layer NAME FILE\n", url)
	}
	fmt.Fprintf(a.stdout, "\nStop with Ctrl-C (process %d).\n", os.Getpid())
}
