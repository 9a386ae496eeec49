package tiles

import (
	"flag"
	"os"
	"testing"
)

// TestMain has the property tests try 30 cases each, and rapid's own number of them
// with -long or when -rapid.checks says how many.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !*long && !given {
		if err := flag.Set("rapid.checks", "30"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
