// Command tuban keeps the polygons and reference layers of a
// natural-resources bureau in memory, answers what a polygon lies on and how
// much of each, and serves vector tiles. This package only wires the rooms
// together; see docs/architecture.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
