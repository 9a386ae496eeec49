package peers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tuban/internal/demo"
)

// Part is a piece of work that is measured by itself.
type Part string

// The parts, in the order in which they run.
const (
	Overlap Part = "overlap" // areas by class under one patch, one layer
	Locate  Part = "locate"  // what holds a point
	Batch   Part = "batch"   // all patches over all layers at once
	Tiles   Part = "tiles"   // cold vector tiles by zoom
	Import  Part = "import"  // taking in a layer
	Floor   Part = "floor"   // a warm tile against the HTTP library alone
)

// Parts returns all parts.
func Parts() []Part { return []Part{Overlap, Locate, Batch, Tiles, Import, Floor} }

// ParseParts reads a list with commas between; "" is all.
func ParseParts(text string) ([]Part, error) {
	if text == "" {
		return Parts(), nil
	}
	var list []Part
	for name := range strings.SplitSeq(text, ",") {
		p := Part(strings.TrimSpace(name))
		if !slices.Contains(Parts(), p) {
			return nil, fmt.Errorf("there is no part %q: there are %v", name, Parts())
		}
		list = append(list, p)
	}
	return list, nil
}

// Config says what to measure.
type Config struct {
	Size demo.Size
	Seed uint64 // of the city, and of what is asked
	// Rounds is how many times each engine takes its turn in each row.
	Rounds int
	Only   []Part
	// Window is the CPU time that an engine is to use in a round, about; 0 is
	// half a second. CPU times come in steps of 10 ms.
	Window time.Duration
	// Cases bounds how many polygons, points and tiles a row asks about; 0 is no
	// other bound than the defaults.
	Cases int
	// Open opens a data set the way the program does.
	Open Opener
	// Child is the command line of a process that runs Child.
	Child []string
	// Programs is the folder of PostgreSQL's programs; "" looks for it.
	Programs string
	// Tile38 is the program tile38-server; "" leaves its row out.
	Tile38 string
	// Profiles is a folder that gets a CPU profile of tuban for each row; "" for
	// none.
	Profiles string
	// Temp is the folder for the throw-away directories; "" is the system's.
	Temp string
}

// most returns how many cases to ask about, of so many.
func (c *Config) most(n int) int {
	if c.Cases > 0 {
		return min(n, c.Cases)
	}
	return n
}

func (c *Config) wants(p Part) bool { return len(c.Only) == 0 || slices.Contains(c.Only, p) }

// defaultWindow is long enough that steps of 10 ms are 2 % of it.
const defaultWindow = 500 * time.Millisecond

// How much of the city is asked about.
const (
	mostBatch  = 5000 // patches of the batch
	mostSingle = 800  // patches asked about one by one
	mostPairs  = 300  // patches of which every pair of areas is compared
	points     = 2000 // looked up
	parallel   = 16   // connections of the row with many
)
