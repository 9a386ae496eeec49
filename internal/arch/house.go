package arch

// The rooms from the ground up. A room's own tree is in its list where its
// packages may know each other.
var (
	ground = []string{"geom", "feature", "cql2", "access"}
	first  = []string{"overlap", "tiles", "index", "store", "arena", "formats"}
)

// house returns the walls of this module.
func house() *rules {
	return &rules{
		edges: map[string][]string{
			"geom":    {"geom"},
			"feature": {},
			"cql2":    {"cql2", "feature", "geom"},
			"access":  {"feature", "cql2"},

			"overlap":            ground,
			"tiles":              join(ground, []string{"tiles"}),
			"index":              ground,
			"store":              ground,
			"arena":              ground,
			"formats":            ground,
			"formats/geojsonseq": join(ground, []string{"formats/geojson"}), // the same objects in another frame

			"engine":         join(ground, []string{"index", "store", "arena"}), // what it derives comes in through Derived
			"jobs":           join(ground, first, []string{"engine"}),
			"enforcement":    join(ground, first, []string{"engine", "jobs", "enforcement"}),
			"server":         join(ground, first, []string{"engine", "jobs", "enforcement", "server/console"}),
			"server/console": {},

			"bench":     join(ground, first, []string{"engine", "jobs", "enforcement", "server", "internal/demo", "bench"}),
			"cmd/tuban": join(ground, first, []string{"engine", "jobs", "enforcement", "server", "bench", "internal/demo"}),

			"internal/demo":  {"feature", "geom"},
			"internal/check": {},
			"internal/arch":  {},
			"internal/e2e":   {},
		},
		testEdges: map[string][]string{
			"*":            {"internal/check", "internal/demo"},
			"geom":         {"formats"}, // published shapes come in files
			"cql2":         {"formats"}, // the standard's test data is a GeoPackage
			"formats":      {"formats"}, // the same data in all formats
			"overlap":      {"formats", "engine", "store"},
			"tiles":        {"formats", "engine", "store"},
			"engine":       {"formats", "overlap", "tiles"},
			"internal/e2e": {"cmd", "server", "engine", "jobs", "tiles", "formats", "feature", "geom", "overlap"},
		},
		doors: map[string][]string{
			"github.com/dgraph-io/badger":     {"store"},
			"github.com/tidwall/rtree":        {"index"},
			"github.com/valyala/fasthttp":     {"server", "bench"},
			"github.com/HdrHistogram":         {"bench"},
			"github.com/jackc/pgx":            {"bench/peers"},
			"os/exec":                         {"bench"}, // git for the commit, PostgreSQL's programs
			"github.com/alecthomas/kong":      {"cmd/tuban"},
			"github.com/prometheus":           {"server"},
			"modernc.org/sqlite":              {"formats/geopackage"},
			"github.com/google/flatbuffers":   {"formats/flatgeobuf"},
			"log/slog":                        {"server", "cmd/tuban", "engine", "store", "jobs"},
			"log":                             {},
			"testing":                         {"internal/check"},
			"math/rand":                       {},
			"math/rand/v2":                    {"*"},
			"io/ioutil":                       {},
			"github.com/paulmach/orb/geo":     {}, // areas on a sphere: 0.3 % off
			"github.com/paulmach/orb/geojson": {}, // pulls in a database driver
		},
		testDoors: map[string][]string{
			"testing":                              {"*"},
			"log/slog":                             {"*"},
			"os/exec":                              {"*"},
			"github.com/valyala/fasthttp":          {"cmd/tuban", "internal/e2e"},
			"github.com/peterstace/simplefeatures": {"geom", "overlap", "cql2"},
			"modernc.org/sqlite":                   {"jobs"},
		},
		cgo: []string{"bench/kernel"}, // GEOS beside us, never in the program that is shipped
		calls: []callRule{
			{"os", []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, []string{"cmd/tuban", "internal/check"}},
			{"os", []string{"Exit"}, []string{"cmd/tuban"}},
			{"fmt", []string{"Print", "Printf", "Println"}, []string{"cmd/tuban"}},
			{"log/slog", []string{"Debug", "Info", "Warn", "Error", "Log", "Default", "SetDefault"}, []string{"cmd/tuban"}},
		},
	}
}

func join(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
