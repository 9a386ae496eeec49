package flatgeobuf

import (
	"fmt"
	"strings"

	"tuban/feature"
)

// columnType is the type of a property.
type columnType byte

// The column types of header.fbs.
const (
	colByte columnType = iota
	colUByte
	colBool
	colShort
	colUShort
	colInt
	colUInt
	colLong
	colULong
	colFloat
	colDouble
	colString
	colJSON
	colDateTime
	colBinary
)

type column struct {
	name string
	kind columnType
}

// fieldType returns the type of a column's values; false for one that is skipped.
func (c column) fieldType() (feature.FieldType, bool) {
	switch c.kind {
	case colBool:
		return feature.FieldBoolean, true
	case colFloat, colDouble:
		return feature.FieldNumber, true
	case colString, colDateTime:
		return feature.FieldString, true
	case colJSON:
		return feature.FieldAny, true
	case colBinary:
		return "", false
	}
	return feature.FieldInteger, true
}

// header is what is used of a file's header.
type header struct {
	name     string
	kind     geometryType // of all features; geomUnknown when they differ
	extra    bool         // has Z, M or T
	columns  []column
	count    uint64 // 0 is unknown
	nodeSize uint16 // of the index; 0 for none
	crs      string
}

// The fields of the Header table.
const (
	headName = iota
	headEnvelope
	headGeometry
	headZ
	headM
	headT
	headTM
	headColumns
	headCount
	headNodeSize
	headCRS
	headTitle
)

func parseHeader(buf []byte) (header, error) {
	m := open(buf)
	t := m.root()
	h := header{
		name:     m.stringField(t, headName),
		kind:     geometryType(m.byteField(t, headGeometry)),
		count:    m.uint64Field(t, headCount),
		nodeSize: m.uint16Field(t, headNodeSize, 16),
	}
	for _, f := range []int{headZ, headM, headT, headTM} {
		h.extra = h.extra || m.byteField(t, f) != 0
	}
	var err error
	if h.columns, err = parseColumns(m, t, headColumns); err != nil {
		return h, err
	}
	if c, ok := m.tableField(t, headCRS); ok {
		h.crs = parseCRS(m, c)
	}
	return h, m.err
}

// maxColumns is how many columns a property's 16-bit index can name.
const maxColumns = 1 << 16

func parseColumns(m *message, t table, field int) ([]column, error) {
	var columns []column
	err := m.tables(t, field, func(c table) error {
		if len(columns) == maxColumns {
			return fmt.Errorf("more than %d columns", maxColumns)
		}
		col := column{name: strings.ToValidUTF8(m.stringField(c, 0), "\uFFFD"), kind: columnType(m.byteField(c, 1))}
		if col.kind > colBinary {
			return fmt.Errorf("column %q has the unknown type %d", col.name, col.kind)
		}
		columns = append(columns, col)
		return nil
	})
	return columns, err
}

// parseCRS returns "EPSG:n", else the WKT, else what code there is.
func parseCRS(m *message, t table) string {
	org, code, wkt, text := m.stringField(t, 0), m.int32Field(t, 1), m.stringField(t, 4), m.stringField(t, 5)
	switch {
	case code > 0 && (org == "" || strings.EqualFold(org, "EPSG")):
		return fmt.Sprintf("EPSG:%d", code)
	case wkt != "":
		return wkt
	case org != "" && text != "":
		return org + ":" + text
	case org != "" && code > 0:
		return fmt.Sprintf("%s:%d", org, code)
	}
	return text
}

// indexSize returns the bytes of the packed R-tree, 0 when there is none.
func (h *header) indexSize() (int64, error) {
	const nodeBytes = 40
	if h.nodeSize == 0 || h.count == 0 {
		return 0, nil
	}
	if h.nodeSize < 2 {
		return 0, fmt.Errorf("the index has nodes of %d", h.nodeSize)
	}
	if h.count > 1<<48 {
		return 0, fmt.Errorf("the header counts %d features", h.count)
	}
	level, nodes := h.count, h.count
	for {
		level = (level + uint64(h.nodeSize) - 1) / uint64(h.nodeSize)
		nodes += level
		if level == 1 {
			return int64(nodes * nodeBytes), nil
		}
	}
}

// unique gives columns of one name different ones.
func unique(columns []column, note func(string, ...any)) {
	seen := map[string]bool{}
	tried := map[string]int{} // numbers used up behind a name, so that many alike cost no more
	for i := range columns {
		c := &columns[i]
		was := c.name
		if was == "" {
			c.name = fmt.Sprintf("field_%d", i+1)
		}
		base := c.name
		for n := max(2, tried[base]); seen[c.name]; n++ {
			c.name = fmt.Sprintf("%s_%d", base, n)
			tried[base] = n + 1
		}
		if c.name != was {
			note("column %d has the name %q and is called %s", i+1, was, c.name)
		}
		seen[c.name] = true
	}
}
