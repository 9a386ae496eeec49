package server

import (
	"context"
	"testing"

	"tuban/engine"
)

// newEngine opens an empty data set in a temporary directory.
func newEngine(t testing.TB, _ *Options) *engine.Engine {
	t.Helper()
	e, err := engine.Open(context.Background(), t.TempDir(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}
