package peers

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb/encoding/ewkb"

	"tuban/feature"
)

// srid is the coordinate system on both sides: CGCS2000, longitude and latitude.
const srid = 4490

// copyWriter writes features in PostgreSQL's binary COPY format, for the table
// that createTable makes: number, id, class, the fields of the layer, geometry.
type copyWriter struct {
	w     *bufio.Writer
	layer *feature.Layer
	row   []byte
	rows  int32
}

// newCopyWriter writes the header.
func newCopyWriter(w io.Writer, layer *feature.Layer) *copyWriter {
	c := &copyWriter{w: bufio.NewWriterSize(w, 1<<20), layer: layer}
	c.w.WriteString("PGCOPY\n\xff\r\n\x00") // errors stay with the bufio.Writer until Flush
	c.w.Write(make([]byte, 8))              // flags; length of the extension
	return c
}

// add writes a feature.
func (c *copyWriter) add(f *feature.Feature) error {
	g, err := ewkb.Marshal(f.Geometry, srid)
	if err != nil {
		return fmt.Errorf("feature %s: %w", f.ID, err)
	}
	c.rows++
	c.row = binary.BigEndian.AppendUint16(c.row[:0], uint16(4+len(c.layer.Fields)))
	c.bytes(binary.BigEndian.AppendUint32(nil, uint32(c.rows)))
	c.bytes([]byte(f.ID))
	c.bytes([]byte(classOf(c.layer, f)))
	for _, field := range c.layer.Fields {
		v, _ := f.Properties.Get(field.Name)
		if err := c.value(field.Type, v); err != nil {
			return fmt.Errorf("feature %s, field %s: %w", f.ID, field.Name, err)
		}
	}
	c.bytes(g)
	_, err = c.w.Write(c.row)
	return err
}

// classOf returns a feature's class, "" where the layer has none.
func classOf(l *feature.Layer, f *feature.Feature) string {
	v, _ := f.Properties.Get(l.ClassField)
	return v.String()
}

func (c *copyWriter) value(t feature.FieldType, v feature.Value) error {
	switch {
	case v.Kind() == feature.Null:
		c.row = binary.BigEndian.AppendUint32(c.row, math.MaxUint32) // -1: null
	case t == feature.FieldString:
		c.bytes([]byte(v.String()))
	case t == feature.FieldInteger && v.Kind() == feature.Int:
		c.bytes(binary.BigEndian.AppendUint64(nil, uint64(v.Int())))
	case t == feature.FieldNumber && (v.Kind() == feature.Int || v.Kind() == feature.Float):
		c.bytes(binary.BigEndian.AppendUint64(nil, math.Float64bits(v.Float())))
	default:
		return fmt.Errorf("%q does not fit the type %s", v.String(), t)
	}
	return nil
}

func (c *copyWriter) bytes(b []byte) {
	c.row = append(binary.BigEndian.AppendUint32(c.row, uint32(len(b))), b...)
}

// end writes the trailer.
func (c *copyWriter) end() error {
	c.w.Write([]byte{0xff, 0xff})
	return c.w.Flush()
}
