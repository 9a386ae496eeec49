// Package check holds what the tests of several rooms share.
package check

import (
	"os"
	"path/filepath"
	"testing"
)

// Data returns the absolute path of a file of the shared test data:
// $TUBAN_TESTDATA/name, or shared/data/name beside the project, looked for from
// the test's folder upwards. Where the data is absent the test is skipped,
// saying so.
func Data(tb testing.TB, name string) string {
	tb.Helper()
	if dir := os.Getenv("TUBAN_TESTDATA"); dir != "" {
		return existing(tb, filepath.Join(dir, name))
	}
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		shared := filepath.Join(dir, "shared", "data")
		if _, err := os.Stat(shared); err == nil {
			return existing(tb, filepath.Join(shared, name))
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Skipf("the shared test data is not here (set TUBAN_TESTDATA): %s", name)
		}
		dir = up
	}
}

func existing(tb testing.TB, path string) string {
	tb.Helper()
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("the shared test data lacks a file: %v", err)
	}
	return path
}
