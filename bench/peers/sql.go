package peers

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"tuban/feature"
	"tuban/tiles"
)

// The tables of a layer are named after it: the features as delivered, the same
// in Web Mercator for tiles, and with everything of many vertices cut into
// pieces. Columns that are not fields of the layer begin with an underscore.
const (
	suffixMercator = "_mercator"
	suffixPieces   = "_pieces"
)

// pieceVertices is how many vertices a piece has at most: ST_Subdivide's own
// default.
const pieceVertices = 256

func quote(names ...string) string { return pgx.Identifier{strings.Join(names, "")}.Sanitize() }

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func columnType(t feature.FieldType) string {
	switch t {
	case feature.FieldInteger:
		return "int8"
	case feature.FieldNumber:
		return "float8"
	}
	return "text"
}

// createTable makes the table that a copyWriter's file fits.
func createTable(table string, l *feature.Layer) string {
	b := fmt.Sprintf("create table %s (_number int4, _id text, _class text", quote(table))
	for _, f := range l.Fields {
		b += ", " + quote(f.Name) + " " + columnType(f.Type)
	}
	return b + fmt.Sprintf(", geom geometry(Geometry,%d))", srid)
}

func copyFrom(table string) string {
	return fmt.Sprintf("copy %s from stdin (format binary)", quote(table))
}

func spatialIndex(table string) string {
	return fmt.Sprintf("create index on %s using gist (geom)", quote(table))
}

// mercatorTable returns what makes the copy for tiles.
func mercatorTable(l *feature.Layer) []string {
	table, source := string(l.ID)+suffixMercator, string(l.ID)
	columns := "_number, _id"
	for _, f := range l.Fields {
		columns += ", " + quote(f.Name)
	}
	return []string{
		fmt.Sprintf("create table %s as select %s, ST_Transform(geom,3857) as geom from %s order by geom", quote(table), columns, quote(source)),
		spatialIndex(table), "analyze " + quote(table),
	}
}

// piecesTable returns what makes the copy in which polygons of many vertices
// are in pieces.
func piecesTable(l feature.LayerID) []string {
	table := string(l) + suffixPieces
	return []string{
		fmt.Sprintf(`create table %[1]s as select _id, _class, g as geom, ST_Area(g::geography) as _area from (
select _id, _class, geom as g from %[2]s where ST_NPoints(geom) <= %[3]d
union all select _id, _class, ST_Subdivide(geom,%[3]d) from %[2]s where ST_NPoints(geom) > %[3]d) s order by g`,
			quote(table), quote(string(l)), pieceVertices),
		spatialIndex(table), "analyze " + quote(table),
	}
}

// orderedTable returns what makes a table of the one that was loaded: in Hilbert
// order (which is how PostGIS orders geometries), with areas stored and indexes.
func orderedTable(table, raw string) []string {
	return []string{
		fmt.Sprintf("create table %s as select *, ST_Area(geom::geography) as _area from %s order by geom", quote(table), quote(raw)),
		spatialIndex(table),
		fmt.Sprintf("create unique index on %s (_id)", quote(table)),
		"analyze " + quote(table), "drop table " + quote(raw),
	}
}

// method is a way to write the overlap query.
type method struct {
	name   string
	pieces bool // of the table of pieces
	// covered and covering take the stored area where one polygon covers the
	// other, instead of intersecting.
	covered, covering bool
	// straight measures with edges that are straight in longitude and latitude,
	// as tuban's are: to compare the answers, not to be timed.
	straight bool
}

// methods are the ways that are tried.
func methods() []method {
	return []method{
		{name: "intersect every pair"},
		{name: "stored area where the polygon covers the feature", covered: true},
		{name: "and the polygon's area where the feature covers it", covered: true, covering: true},
		{name: "the same over features cut by ST_Subdivide", covered: true, covering: true, pieces: true},
	}
}

// densified is how long a piece of a straight edge is, in degrees: 5 m or less.
const densified = 0.00005

// measured is the SQL of a geometry's area, m².
func (m method) measured(geom string) string {
	if m.straight {
		geom = fmt.Sprintf("ST_Segmentize(%s, %v)", geom, densified)
	}
	return "ST_Area(" + geom + "::geography)"
}

// known is the SQL of the area of a whole polygon: the stored one, if that is
// what is meant.
func (m method) known(alias string) string {
	if m.straight {
		return m.measured(alias + ".geom")
	}
	return alias + "._area"
}

// area is the SQL of the area that q and l have in common, m².
func (m method) area() string {
	b := ""
	if m.covered {
		b += " when ST_Covers(q.geom, l.geom) then " + m.known("l")
	}
	if m.covering {
		b += " when ST_Covers(l.geom, q.geom) then " + m.known("q")
	}
	exact := m.measured("ST_Intersection(l.geom, q.geom)")
	if b == "" {
		return exact
	}
	return "case" + b + " else " + exact + " end"
}

// pairs is the SQL of the areas of all pairs of q and a layer. The offset keeps
// the planner from computing the area twice.
func (m method) pairs(columns, from string, l feature.LayerID) string {
	table := string(l)
	if m.pieces {
		table += suffixPieces
	}
	return fmt.Sprintf("select %s, l._id, l._class, %s as a from %s join %s l on ST_Intersects(l.geom, q.geom) offset 0", columns, m.area(), from, quote(table))
}

func (m method) count() string {
	if m.pieces {
		return "count(distinct _id)"
	}
	return "count(*)"
}

// overlapSent asks for the areas by class under a polygon, parameter $1.
func (m method) overlapSent(l feature.LayerID) string {
	from := "(select $1::geometry as geom" + choose(m.covering && !m.straight, ", ST_Area($1::geometry::geography) as _area", "") + ") q"
	return m.byClass(from, l)
}

// overlapStored asks for the areas by class under a polygon of a table, id $1.
func (m method) overlapStored(l feature.LayerID, table string) string {
	return m.byClass(fmt.Sprintf("(select geom, _area from %s where _id = $1) q", quote(table)), l)
}

func (m method) byClass(from string, l feature.LayerID) string {
	return fmt.Sprintf("select _class, sum(a), %s from (%s) s where a > 0 group by _class", m.count(), m.pairs("1", from, l))
}

// batch asks for the areas by class of all polygons of a table over all layers.
func (m method) batch(layers []feature.LayerID, table string) string {
	parts := make([]string, len(layers))
	for i, l := range layers {
		parts[i] = "(" + m.pairs(literal(string(l))+" as layer, q._id as patch", quote(table)+" q", l) + ")"
	}
	return fmt.Sprintf("select layer, patch, _class, sum(a), %s from (%s) s where a > 0 group by layer, patch, _class",
		m.count(), strings.Join(parts, "\nunion all "))
}

// byFeature asks for the area of each feature under one polygon of a table, id $1.
func (m method) byFeature(l feature.LayerID, table string) string {
	return fmt.Sprintf("select _id, a from (%s) s where a > 0", m.pairs("1", fmt.Sprintf("(select geom, _area from %s where _id = $1) q", quote(table)), l))
}

// locate asks which features hold the point $1, $2.
func locate(l feature.LayerID, pieces bool) string {
	table, distinct := string(l), ""
	if pieces {
		table, distinct = table+suffixPieces, "distinct "
	}
	return fmt.Sprintf("select %s_id, _class from %s where ST_Intersects(geom, ST_SetSRID(ST_MakePoint($1,$2),%d))", distinct, quote(table), srid)
}

// tile asks for the tile $1/$2/$3 of a layer with all properties.
func tile(l *feature.Layer) string {
	columns := `_number, _id as id`
	for _, f := range l.Fields {
		columns += ", " + quote(f.Name)
	}
	margin := strconv.FormatFloat(float64(tiles.Buffer)/tileExtent, 'g', -1, 64)
	return fmt.Sprintf(`select ST_AsMVT(t, %[1]s, %[2]d, 'geom', '_number') from (
select %[3]s, ST_AsMVTGeom(geom, ST_TileEnvelope($1,$2,$3), %[2]d, %[4]d, true) as geom
from %[5]s where geom && ST_TileEnvelope($1,$2,$3, margin => %[6]s)) t where geom is not null`,
		literal(string(l.ID)), tileExtent, columns, tiles.Buffer, quote(string(l.ID), suffixMercator), margin)
}

// tileExtent is the width of a tile in units, as both engines make them.
const tileExtent = 4096

func choose(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
