package flatgeobuf

import (
	"encoding/binary"
	"math"

	"tuban/feature"
)

// properties encodes the values of a feature into w.props: the column's number,
// then the value.
func (w *Writer) properties(p feature.Properties) error {
	w.props = w.props[:0]
	for i := range p {
		v := p[i].Value
		if v.Kind() == feature.Null {
			continue
		}
		c, ok := w.columns[p[i].Name]
		if !ok {
			return feature.NewRowError(w.row, "there is no column %q", p[i].Name)
		}
		if !fits(v, w.types[c]) {
			return feature.NewRowError(w.row, "column %q of type %s cannot hold %.60s", p[i].Name, w.opt.Fields[c].Type, v.AppendJSON(nil))
		}
		w.props = binary.LittleEndian.AppendUint16(w.props, uint16(c))
		w.props = appendValue(w.props, v, w.types[c])
	}
	return nil
}

// fits says that a column gives back what it is given.
func fits(v feature.Value, t columnType) bool {
	switch t {
	case colBool:
		return v.Kind() == feature.Bool
	case colLong:
		return v.Kind() == feature.Int
	case colDouble:
		return v.Kind() == feature.Float || v.Kind() == feature.Int && exactFloat(v.Int())
	case colString:
		return v.Kind() == feature.String
	}
	return true
}

// exactFloat says that float64 has this integer.
func exactFloat(i int64) bool {
	const most = 1 << 53
	return -most <= i && i <= most
}

func appendValue(dst []byte, v feature.Value, t columnType) []byte {
	le := binary.LittleEndian
	switch t {
	case colBool:
		if v.Bool() {
			return append(dst, 1)
		}
		return append(dst, 0)
	case colLong:
		return le.AppendUint64(dst, uint64(v.Int()))
	case colDouble:
		return le.AppendUint64(dst, math.Float64bits(v.Float()))
	case colString:
		return append(le.AppendUint32(dst, uint32(len(v.Text()))), v.Text()...)
	}
	at := len(dst)
	dst = v.AppendJSON(append(dst, 0, 0, 0, 0))
	le.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}
