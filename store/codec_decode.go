package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
)

var errShort = errors.New("body ends early")

// decoder reads one body. Every count is checked against the bytes that are
// there before memory is taken for it, and no body makes it panic.
type decoder struct {
	records []byte // what is left of them
	text    string
	names   []string
	room    uint64 // members that lists outside the shared pieces may still have
	err     error  // the first thing wrong; from then on reads give zeros

	// One allocation for all features of the body; each takes its piece.
	points []orb.Point // what is left of them
	rings  []orb.Ring
	polys  []orb.Polygon
	props  []feature.Property
}

// decodeBody returns the features of a body. They share memory with one another
// and none with body. Versions are 0.
func decodeBody(body []byte) ([]feature.Feature, error) {
	var d decoder
	n, err := d.open(body)
	if err != nil {
		return nil, err
	}
	fs := make([]feature.Feature, n)
	before := feature.Number(0)
	for i := range fs {
		before += feature.Number(d.varint())
		fs[i].Number = before
		d.feature(&fs[i])
		if d.err != nil {
			return nil, fmt.Errorf("feature %d of %d: %w", i, n, d.err)
		}
	}
	if len(d.records) != 0 || len(d.points) != 0 || len(d.text) != 0 {
		return nil, errors.New("body is longer than its features")
	}
	return fs, nil
}

// open reads the header and takes memory; it returns the number of features.
func (d *decoder) open(body []byte) (int, error) {
	d.records = body
	var h [8]uint64
	for i := range h {
		h[i] = d.uvarint()
	}
	n, names, points, lines, polys, props, records, text := h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
	left := uint64(len(d.records))
	if names > left {
		d.fail(errShort)
	}
	for i := uint64(0); i < names && d.err == nil; i++ {
		d.names = append(d.names, string(d.bytes(d.uvarint())))
	}
	left = uint64(len(d.records))
	switch {
	case d.err != nil:
		return 0, d.err
	case records > left || points > left/16 || text > left || records+points*16+text != left:
		return 0, errors.New("lengths do not add up")
	case n > records/5+1 || lines > records || polys > records || props > records/2:
		return 0, errors.New("counts do not fit the records")
	}
	all := d.records
	d.room = records
	d.records = all[:records]
	d.text = string(all[records+points*16:])
	d.points = make([]orb.Point, points)
	readPlanes(d.points, 0, all[records:][:points*8])
	readPlanes(d.points, 1, all[records+points*8:][:points*8])
	d.rings = make([]orb.Ring, 0, lines)
	d.polys = make([]orb.Polygon, 0, polys)
	d.props = make([]feature.Property, 0, props)
	return int(n), nil
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
		d.records, d.points, d.text = nil, nil, ""
	}
}

func (d *decoder) uvarint() uint64 {
	u, n := binary.Uvarint(d.records)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.records = d.records[n:]
	return u
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) bytes(n uint64) []byte {
	if n > uint64(len(d.records)) {
		d.fail(errShort)
		return nil
	}
	b := d.records[:n]
	d.records = d.records[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) float() float64 {
	if b := d.bytes(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}

func (d *decoder) string() string {
	n := d.uvarint()
	if n > uint64(len(d.text)) {
		d.fail(errShort)
		return ""
	}
	s := d.text[:n]
	d.text = d.text[n:]
	return s
}

func (d *decoder) feature(f *feature.Feature) {
	flags := d.byte()
	if flags&^(flagRepair|flagArea) != 0 {
		d.fail(fmt.Errorf("flags %#x", flags))
	}
	f.NeedsRepair = flags&flagRepair != 0
	if flags&flagArea != 0 {
		f.Area = d.float()
		if math.IsNaN(f.Area) || math.IsInf(f.Area, 0) || f.Area < 0 {
			d.fail(fmt.Errorf("area %v", f.Area))
		}
	}
	f.ID = feature.ID(d.string())
	f.Geometry = d.geometry(0)
	n := d.uvarint()
	from := len(d.props)
	if n > uint64(cap(d.props)-from) {
		d.fail(errShort)
		return
	}
	for i := uint64(0); i < n && d.err == nil; i++ {
		d.props = append(d.props, d.property())
	}
	if n > 0 {
		f.Properties = d.props[from:len(d.props):len(d.props)]
	}
}

func (d *decoder) property() (p feature.Property) {
	i := d.uvarint()
	if i >= uint64(len(d.names)) {
		d.fail(errors.New("property without a name"))
		return p
	}
	p.Name = d.names[i]
	switch kind := feature.ValueKind(d.byte()); kind {
	case feature.Null:
	case feature.Bool:
		b := d.byte()
		if b > 1 {
			d.fail(fmt.Errorf("boolean %d", b))
		}
		p.Value = feature.BoolValue(b == 1)
	case feature.Int:
		p.Value = feature.IntValue(d.varint())
	case feature.Float:
		f := d.float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			d.fail(fmt.Errorf("number %v", f))
		}
		p.Value = feature.FloatValue(f)
	case feature.String:
		p.Value = feature.StringValue(d.string())
	case feature.JSON:
		p.Value = feature.JSONValue(d.string())
	default:
		d.fail(fmt.Errorf("value of kind %d", kind))
	}
	return p
}
