package shapefile

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"

	"tuban/feature"
)

// fieldType returns the declared type of a column; false for a column whose
// values are elsewhere (memo files) or are no values.
func (c *column) fieldType() (feature.FieldType, bool) {
	width := c.to - c.from
	switch c.kind {
	case 'N', 'n':
		if c.decimals == 0 && width <= 18 {
			return feature.FieldInteger, true
		}
		return feature.FieldNumber, true
	case 'F', 'f':
		return feature.FieldNumber, true
	case 'L':
		return feature.FieldBoolean, true
	case 'I', '+':
		return feature.FieldInteger, width == 4
	case 'B', 'O':
		return feature.FieldNumber, width == 8
	case 'Y':
		return feature.FieldNumber, width == 8
	case '@', 'T':
		return feature.FieldString, width == 8
	case 'M', 'G', 'P', 'W', 'Q', 'V', '0':
		return "", false
	}
	return feature.FieldString, true // C, D, and what is unknown is shown as text
}

// value decodes the cell of a record.
func (r *Reader) value(c *column, record []byte, row int64) feature.Value {
	cell := record[c.from:c.to]
	switch c.kind {
	case 'N', 'n', 'F', 'f':
		v, ok := number(cell, c.kind == 'N' && c.decimals == 0 || c.kind == 'n' && c.decimals == 0)
		if !ok {
			r.notes.count(noteNotNumber, row)
		}
		return v
	case 'L':
		return logical(cell)
	case 'D':
		return date(cell)
	case 'I', '+':
		return feature.IntValue(int64(int32(binary.LittleEndian.Uint32(cell))))
	case 'B', 'O':
		return feature.FloatValue(math.Float64frombits(binary.LittleEndian.Uint64(cell)))
	case 'Y':
		return feature.FloatValue(float64(int64(binary.LittleEndian.Uint64(cell))) / 10000)
	case '@', 'T':
		return stamp(cell)
	}
	return r.text(cell, row)
}

func (r *Reader) text(cell []byte, row int64) feature.Value {
	s, how := r.codec.cell(cell)
	switch how {
	case textCut:
		r.notes.count(noteCut, row)
	case textInvalid:
		r.notes.count(noteInvalid, row)
	}
	if s == "" {
		return feature.Value{}
	}
	return feature.TextValue(s)
}

// number decodes a right-aligned decimal text. Blanks, stars (a value too wide
// for its column) and the spellings of "not a number" are null; false is for
// any other text that is no number.
func number(cell []byte, whole bool) (feature.Value, bool) {
	s := strings.Trim(string(cell), " \x00\t")
	if s == "" || s[0] == '*' {
		return feature.Value{}, true
	}
	if whole {
		if i, err := strconv.ParseInt(s, 10, 64); err == nil {
			return feature.IntValue(i), true
		}
	}
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	f, ok := decimal(s)
	if !ok {
		lower := strings.ToLower(s)
		return feature.Value{}, strings.Contains(lower, "nan") || strings.Contains(lower, "inf") || strings.Contains(lower, "#")
	}
	return feature.FloatValue(f), true
}

// decimal reads decimal notation only: neither hexadecimal, nor underscores,
// nor words.
func decimal(s string) (float64, bool) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && strings.IndexByte("+-.eE", c) < 0 {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func logical(cell []byte) feature.Value {
	switch string(bytes.Trim(cell, " \x00")) {
	case "T", "t", "Y", "y", "1":
		return feature.BoolValue(true)
	case "F", "f", "N", "n", "0":
		return feature.BoolValue(false)
	}
	return feature.Value{}
}

// date turns YYYYMMDD into YYYY-MM-DD; what has another form stays as it is.
func date(cell []byte) feature.Value {
	s := strings.Trim(string(cell), " \x00*")
	switch {
	case strings.Trim(s, "0") == "":
		return feature.Value{}
	case len(s) == 8 && strings.Trim(s, "0123456789") == "":
		return feature.TextValue(s[:4] + "-" + s[4:6] + "-" + s[6:])
	}
	return feature.StringValue(s)
}

// stamp decodes a Julian day number and milliseconds of the day.
func stamp(cell []byte) feature.Value {
	day, ms := int64(binary.LittleEndian.Uint32(cell)), int64(binary.LittleEndian.Uint32(cell[4:]))
	const unixEpoch = 2440588 // Julian day number of 1970-01-01
	if day == 0 || ms >= 86_400_000 {
		return feature.Value{}
	}
	t := time.UnixMilli((day-unixEpoch)*86_400_000 + ms).UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return feature.Value{}
	}
	if ms%1000 != 0 {
		return feature.TextValue(t.Format("2006-01-02T15:04:05.000"))
	}
	return feature.TextValue(t.Format("2006-01-02T15:04:05"))
}

// properties decodes the cells of a record in the order of the columns.
func (r *Reader) properties(record []byte, row int64) feature.Properties {
	if len(r.table.columns) == 0 {
		return nil
	}
	p := make(feature.Properties, len(r.table.columns))
	for i := range r.table.columns {
		c := &r.table.columns[i]
		p[i] = feature.Property{Name: c.name, Value: r.value(c, record, row)}
	}
	return p
}
