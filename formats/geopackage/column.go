package geopackage

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tuban/feature"
)

// column is a column that becomes a property.
type column struct {
	name    string
	boolean bool
	kind    feature.FieldType
}

// fieldType maps a declared SQL type; false for one whose values are skipped.
func fieldType(declared string) (feature.FieldType, bool) {
	name, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(declared)), "(")
	switch strings.TrimSpace(name) {
	case "BOOLEAN":
		return feature.FieldBoolean, true
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT":
		return feature.FieldInteger, true
	case "FLOAT", "DOUBLE", "REAL", "NUMERIC", "DECIMAL":
		return feature.FieldNumber, true
	case "TEXT", "VARCHAR", "CHAR", "DATE", "DATETIME", "TIME", "TIMESTAMP":
		return feature.FieldString, true
	case "BLOB", "GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION":
		return "", false
	}
	return feature.FieldAny, true
}

// tableColumns is what a feature table holds.
type tableColumns struct {
	columns  []column
	key      string // the integer primary key; "" when there is none
	geometry string // as the table spells it
}

// inspect reads the columns of a table.
func (f *file) inspect(l layer, note func(string, ...any)) (tableColumns, error) {
	var t tableColumns
	rows, err := f.query(`SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)`, l.table)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var name, declared string
		var pk, hidden int
		if err := rows.Scan(&name, &declared, &pk, &hidden); err != nil {
			return t, err
		}
		kind, ok := fieldType(declared)
		switch {
		case strings.EqualFold(name, l.geometry):
			t.geometry = name
			continue
		case pk > 0 && strings.EqualFold(declared, "INTEGER"):
			keys = append(keys, name)
		case hidden != 0:
			note("column %s is computed and is skipped", name)
			continue
		case !ok:
			note("column %s is of type %s and is skipped", name, declared)
			continue
		}
		t.columns = append(t.columns, column{name: name, boolean: kind == feature.FieldBoolean, kind: kind})
	}
	if err := rows.Err(); err != nil {
		return t, err
	}
	if t.geometry == "" {
		return t, fmt.Errorf("it has no column %s for its geometry", l.geometry)
	}
	if len(keys) == 1 {
		t.key = keys[0]
		t.columns = slices.DeleteFunc(t.columns, func(c column) bool { return c.name == t.key })
	}
	return t, nil
}

// selection returns the query: key, geometry, then the columns. The plus signs
// keep the values as they are stored: the driver would turn a text in a column
// declared as a date into a time, and an integer in a boolean one into a bool.
func (t *tableColumns) selection(table string) string {
	var q strings.Builder
	q.WriteString("SELECT ")
	if t.key != "" {
		q.WriteString("t." + quote(t.key))
	} else {
		q.WriteString("NULL")
	}
	q.WriteString(", +t." + quote(t.geometry))
	for _, c := range t.columns {
		q.WriteString(", +t." + quote(c.name))
	}
	q.WriteString(" FROM " + quote(table) + " AS t")
	if t.key != "" {
		q.WriteString(" ORDER BY t." + quote(t.key))
	}
	return q.String()
}

// quote returns a name as an SQL identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// value maps what SQLite stored, whatever the column declares.
func (r *Reader) value(c *column, v any) feature.Value {
	switch v := v.(type) {
	case int64:
		if c.boolean && (v == 0 || v == 1) {
			return feature.BoolValue(v == 1)
		}
		return feature.IntValue(v)
	case float64:
		return feature.FloatValue(v)
	case string:
		if !utf8.ValidString(v) {
			r.tally[noteText]++
			v = strings.ToValidUTF8(v, "\uFFFD")
		}
		return feature.TextValue(v)
	case []byte:
		r.tally[noteBlob]++
	}
	return feature.Value{}
}
