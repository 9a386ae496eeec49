package store

import (
	"cmp"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/cespare/xxhash/v2"

	"tuban/feature"
)

var (
	seedFlag = flag.Uint64("seed", 0, "seed of random tests, 0 for another one each time")
	longFlag = flag.Bool("long", false, "run random tests for long")
)

// childEnv names the role in which the test binary runs itself.
const childEnv = "TUBAN_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	flag.Parse()
	switch role := os.Getenv(childEnv); role {
	case "":
		os.Exit(m.Run())
	case "commit":
		childCommits(flag.Arg(0))
	case "damage":
		childDamage(flag.Args())
	default:
		fmt.Fprintln(os.Stderr, "unknown role", role)
		os.Exit(3)
	}
}

// fingerprint is a hash of features and their versions, in order of numbers.
func fingerprint(tb interface{ Fatal(...any) }, fs []feature.Feature) uint64 {
	fs = slices.SortedFunc(slices.Values(fs), func(a, b feature.Feature) int { return cmp.Compare(a.Number, b.Number) })
	var e encoder
	body, err := e.encode(fs)
	if err != nil {
		tb.Fatal(err)
	}
	h := xxhash.New()
	h.Write(body)
	for i := range fs {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(fs[i].Version)))
	}
	return h.Sum64()
}
