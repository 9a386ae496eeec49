package mvt

import (
	"encoding/binary"
	"math"
)

// LayerBuilder collects the features of one layer. For each feature the
// caller names its tags (String, Int, Double, Bool) and then ends it with
// Feature. Keys and values are kept once per layer. Reset makes the builder
// ready for another layer and keeps its memory, so that a warm builder
// allocates nothing per feature.
//
// The zero value is not usable: call [NewLayerBuilder].
type LayerBuilder struct {
	name                   string
	features, keys, values []byte
	tags                   []byte
	count                  int

	keyOf   map[string]uint32
	texts   map[string]uint32
	ints    map[int64]uint32
	doubles map[uint64]uint32
	bools   [2]uint32 // index + 1; 0 when not there yet
	nvalues uint32
}

// NewLayerBuilder returns a builder for a layer of that name.
func NewLayerBuilder(name string) *LayerBuilder {
	return &LayerBuilder{
		name:  name,
		keyOf: map[string]uint32{}, texts: map[string]uint32{},
		ints: map[int64]uint32{}, doubles: map[uint64]uint32{},
	}
}

// Reset empties the builder and names its next layer.
func (l *LayerBuilder) Reset(name string) {
	l.name = name
	l.features, l.keys, l.values, l.tags = l.features[:0], l.keys[:0], l.values[:0], l.tags[:0]
	l.count, l.nvalues, l.bools = 0, 0, [2]uint32{}
	clear(l.keyOf)
	clear(l.texts)
	clear(l.ints)
	clear(l.doubles)
}

// Len returns the number of features.
func (l *LayerBuilder) Len() int { return l.count }

// Key returns the index of a key, taking it in if it is new. A key that no
// feature uses still costs its bytes.
func (l *LayerBuilder) Key(name string) uint32 {
	if i, ok := l.keyOf[name]; ok {
		return i
	}
	i := uint32(len(l.keyOf))
	l.keyOf[name] = i
	l.keys = append(l.keys, layerKey<<3|wireBytes)
	l.keys = binary.AppendUvarint(l.keys, uint64(len(name)))
	l.keys = append(l.keys, name...)
	return i
}

// String tags the feature being built with a text. A key may stand once in a
// feature.
func (l *LayerBuilder) String(key uint32, s string) {
	i, ok := l.texts[s]
	if !ok {
		i = l.newValue(1 + uvarintLen(uint64(len(s))) + len(s))
		l.texts[s] = i
		l.values = append(l.values, valueString<<3|wireBytes)
		l.values = binary.AppendUvarint(l.values, uint64(len(s)))
		l.values = append(l.values, s...)
	}
	l.tag(key, i)
}

// Int tags the feature being built with an integer: as int_value, or as
// sint_value when it is negative.
func (l *LayerBuilder) Int(key uint32, v int64) {
	i, ok := l.ints[v]
	if !ok {
		u, field := uint64(v), byte(valueInt<<3|wireVarint)
		if v < 0 {
			u, field = zigzag64(v), valueSint<<3|wireVarint
		}
		i = l.newValue(1 + uvarintLen(u))
		l.ints[v] = i
		l.values = binary.AppendUvarint(append(l.values, field), u)
	}
	l.tag(key, i)
}

// Double tags the feature being built with a float64.
func (l *LayerBuilder) Double(key uint32, v float64) {
	bits := math.Float64bits(v)
	i, ok := l.doubles[bits]
	if !ok {
		i = l.newValue(9)
		l.doubles[bits] = i
		l.values = binary.LittleEndian.AppendUint64(append(l.values, valueDouble<<3|wire64), bits)
	}
	l.tag(key, i)
}

// Bool tags the feature being built with a boolean.
func (l *LayerBuilder) Bool(key uint32, v bool) {
	var b byte
	if v {
		b = 1
	}
	if l.bools[b] == 0 {
		l.bools[b] = l.newValue(2) + 1
		l.values = append(l.values, valueBool<<3|wireVarint, b)
	}
	l.tag(key, l.bools[b]-1)
}

// newValue opens a value message of n bytes and returns its index.
func (l *LayerBuilder) newValue(n int) uint32 {
	l.values = append(l.values, layerValue<<3|wireBytes)
	l.values = binary.AppendUvarint(l.values, uint64(n))
	l.nvalues++
	return l.nvalues - 1
}

func (l *LayerBuilder) tag(key, value uint32) {
	l.tags = binary.AppendUvarint(l.tags, uint64(key))
	l.tags = binary.AppendUvarint(l.tags, uint64(value))
}

// Feature ends the feature being built. An id of 0 writes none. geometry is
// what a [Geometry] wrote and must not be empty.
func (l *LayerBuilder) Feature(id uint64, t Type, geometry []byte) {
	n := 2 + 1 + uvarintLen(uint64(len(geometry))) + len(geometry)
	if id != 0 {
		n += 1 + uvarintLen(id)
	}
	if len(l.tags) > 0 {
		n += 1 + uvarintLen(uint64(len(l.tags))) + len(l.tags)
	}
	b := append(l.features, layerFeature<<3|wireBytes)
	b = binary.AppendUvarint(b, uint64(n))
	if id != 0 {
		b = binary.AppendUvarint(append(b, featureID<<3|wireVarint), id)
	}
	if len(l.tags) > 0 {
		b = binary.AppendUvarint(append(b, featureTags<<3|wireBytes), uint64(len(l.tags)))
		b = append(b, l.tags...)
	}
	b = append(b, featureType<<3|wireVarint, byte(t), featureGeom<<3|wireBytes)
	b = binary.AppendUvarint(b, uint64(len(geometry)))
	l.features = append(b, geometry...)
	l.tags = l.tags[:0]
	l.count++
}

// body returns the bytes of the layer message.
func (l *LayerBuilder) body() int {
	return 2 + 1 + uvarintLen(uint64(len(l.name))) + len(l.name) +
		len(l.features) + len(l.keys) + len(l.values) + 1 + uvarintLen(Extent)
}

// Size returns the bytes that AppendTo would append.
func (l *LayerBuilder) Size() int {
	if l.count == 0 {
		return 0
	}
	n := l.body()
	return 1 + uvarintLen(uint64(n)) + n
}

// AppendTo appends the layer to a tile. A layer without features appends
// nothing, for a tile must not hold one.
func (l *LayerBuilder) AppendTo(tile []byte) []byte {
	if l.count == 0 {
		return tile
	}
	tile = binary.AppendUvarint(append(tile, tileLayer<<3|wireBytes), uint64(l.body()))
	tile = append(tile, layerVersion<<3|wireVarint, 2, layerName<<3|wireBytes)
	tile = binary.AppendUvarint(tile, uint64(len(l.name)))
	tile = append(tile, l.name...)
	tile = append(tile, l.features...)
	tile = append(tile, l.keys...)
	tile = append(tile, l.values...)
	return binary.AppendUvarint(append(tile, layerExtent<<3|wireVarint), Extent)
}

func uvarintLen(u uint64) int {
	n := 1
	for ; u >= 0x80; u >>= 7 {
		n++
	}
	return n
}
