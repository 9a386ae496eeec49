package shapefile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"tuban/feature"
)

// column is a field descriptor of a .dbf.
type column struct {
	raw      []byte // the name's bytes
	name     string // decoded, unique
	kind     byte   // C N F D L I B O @ T Y M …
	from, to int    // in the record
	decimals int
}

// table reads the records of a .dbf one after the other.
type table struct {
	in       *stream
	count    int64
	driver   byte // language driver id
	recordAt int64
	columns  []column
	buf      []byte
	row      int64
}

// openTable reads the header of a .dbf: dBase III, IV and Visual FoxPro.
func openTable(p *part) (*table, error) {
	in, err := openStream(p)
	if err != nil {
		return nil, err
	}
	t := &table{in: in}
	if err := t.readHeader(); err != nil {
		in.close()
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return t, nil
}

func (t *table) readHeader() error {
	var b [32]byte
	if err := t.in.full(b[:]); err != nil {
		return fmt.Errorf("not a dBase table: the header of 32 bytes is cut short: %w", unexpected(err))
	}
	if version := b[0]; version&7 == 4 {
		return fmt.Errorf("dBase level 7 tables (version byte 0x%02x) are not supported", version)
	} else if version&7 != 3 && version != 0x30 && version != 0x31 && version != 0x32 && version&7 != 2 {
		return fmt.Errorf("not a dBase table: version byte 0x%02x", version)
	}
	t.count = int64(binary.LittleEndian.Uint32(b[4:]))
	t.recordAt = int64(binary.LittleEndian.Uint16(b[8:]))
	length := int(binary.LittleEndian.Uint16(b[10:]))
	t.driver = b[29]
	if t.recordAt < 33 || length < 1 {
		return fmt.Errorf("not a dBase table: header of %d bytes, records of %d", t.recordAt, length)
	}
	if err := t.readColumns(length); err != nil {
		return err
	}
	t.buf = make([]byte, length)
	if t.in.pos > t.recordAt {
		return fmt.Errorf("the column list runs past the header's %d bytes", t.recordAt)
	}
	return t.in.skip(t.recordAt - t.in.pos)
}

// readColumns reads descriptors up to the terminator or the header's end.
func (t *table) readColumns(length int) error {
	var wide, plain int // record length with and without two-byte widths
	var b [32]byte
	for t.in.pos+32 <= t.recordAt {
		if err := t.in.full(b[:1]); err != nil {
			return fmt.Errorf("the column list is cut short at byte %d: %w", t.in.pos, unexpected(err))
		}
		if b[0] == 0x0d {
			break
		}
		if err := t.in.full(b[1:]); err != nil {
			return fmt.Errorf("the column list is cut short at byte %d: %w", t.in.pos, unexpected(err))
		}
		c := column{raw: bytes.Clone(b[:11]), kind: b[11], to: int(b[16]), decimals: int(b[17])}
		plain += c.to
		wide += c.to
		if c.kind == 'C' {
			wide += c.decimals << 8
		}
		t.columns = append(t.columns, c)
	}
	// Clipper and FoxPro keep the high byte of a text's width where others keep
	// decimals; the record length tells which.
	two := plain+1 != length && wide+1 == length
	if !two && plain+1 > length {
		return fmt.Errorf("the columns take %d bytes, but records have %d", plain+1, length)
	}
	at := 1
	for i := range t.columns {
		c := &t.columns[i]
		width := c.to
		if two && c.kind == 'C' {
			width += c.decimals << 8
		}
		c.from, c.to = at, at+width
		at += width
	}
	return nil
}

// name decodes the column names and makes them unique.
func (t *table) name(text *codec, notes *notes) {
	seen := map[string]bool{}
	for i := range t.columns {
		c := &t.columns[i]
		c.name = text.fieldName(c.raw)
		if c.name == "" {
			c.name = fmt.Sprintf("field_%d", i+1)
			notes.say("column %d has no name and is called %s", i+1, c.name)
		}
		if seen[c.name] {
			was := c.name
			for n := 2; seen[c.name]; n++ {
				c.name = fmt.Sprintf("%s_%d", was, n)
			}
			notes.say("column %d has the name %s again and is called %s", i+1, was, c.name)
		}
		seen[c.name] = true
	}
}

// fields returns the schema of the columns that become properties.
func (t *table) fields(notes *notes) []feature.Field {
	var fields []feature.Field
	kept := t.columns[:0]
	for _, c := range t.columns {
		typ, ok := c.fieldType()
		if !ok {
			if c.kind != '0' { // FoxPro's hidden column of null flags
				notes.say("column %s has type %q, whose values are not in the .dbf, and is skipped", c.name, c.kind)
			}
			continue
		}
		fields = append(fields, feature.Field{Name: c.name, Type: typ})
		kept = append(kept, c)
	}
	t.columns = kept
	return fields
}

// next returns the next record, valid until the next call, and whether it is
// marked as deleted; io.EOF when all that the header counts are read.
func (t *table) next() (record []byte, deleted bool, err error) {
	if t.row >= t.count {
		return nil, false, io.EOF
	}
	if err := t.in.full(t.buf); err != nil {
		return nil, false, fmt.Errorf("%s: the file ends at byte %d inside record %d of the %d that its header counts: %w",
			t.in.part.name, t.in.pos, t.row+1, t.count, unexpected(err))
	}
	t.row++
	return t.buf, t.buf[0] == '*', nil
}

func (t *table) close() error { return t.in.close() }
