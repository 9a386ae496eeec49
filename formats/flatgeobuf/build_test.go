package flatgeobuf

import (
	"encoding/binary"
	"math"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/paulmach/orb"
)

// The files of these tests are made with the FlatBuffers project's own builder.

type testHeader struct {
	kind     geometryType
	columns  []column
	count    uint64
	nodeSize uint16
	org, wkt string
	code     int32
	hasZ     bool
}

func buildHeader(h testHeader) []byte {
	b := flatbuffers.NewBuilder(0)
	columns := buildColumns(b, h.columns)
	org, wkt, name := b.CreateString(h.org), b.CreateString(h.wkt), b.CreateString("tést")
	b.StartObject(6)
	b.PrependUOffsetTSlot(0, org, 0)
	b.PrependInt32Slot(1, h.code, 0)
	b.PrependUOffsetTSlot(4, wkt, 0)
	crs := b.EndObject()
	b.StartObject(14)
	b.PrependUOffsetTSlot(headName, name, 0)
	b.PrependByteSlot(headGeometry, byte(h.kind), 0)
	b.PrependBoolSlot(headZ, h.hasZ, false)
	b.PrependUOffsetTSlot(headColumns, columns, 0)
	b.PrependUint64Slot(headCount, h.count, 0)
	b.PrependUint16Slot(headNodeSize, h.nodeSize, 16)
	b.PrependUOffsetTSlot(headCRS, crs, 0)
	b.FinishSizePrefixed(b.EndObject())
	return b.FinishedBytes()
}

func buildColumns(b *flatbuffers.Builder, columns []column) flatbuffers.UOffsetT {
	var offsets []flatbuffers.UOffsetT
	for _, c := range columns {
		name := b.CreateString(c.name)
		b.StartObject(11)
		b.PrependUOffsetTSlot(0, name, 0)
		b.PrependByteSlot(1, byte(c.kind), 0)
		offsets = append(offsets, b.EndObject())
	}
	return b.CreateVectorOfTables(offsets)
}

// testGeometry is a Geometry table.
type testGeometry struct {
	kind  geometryType
	xy    []orb.Point
	ends  []uint32
	z     bool
	parts []testGeometry
}

func (g testGeometry) build(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	var parts, ends, xy, z flatbuffers.UOffsetT
	if len(g.parts) > 0 {
		var offsets []flatbuffers.UOffsetT
		for _, p := range g.parts {
			offsets = append(offsets, p.build(b))
		}
		parts = b.CreateVectorOfTables(offsets)
	}
	if len(g.ends) > 0 {
		b.StartVector(4, len(g.ends), 4)
		for i := len(g.ends) - 1; i >= 0; i-- {
			b.PrependUint32(g.ends[i])
		}
		ends = b.EndVector(len(g.ends))
	}
	if g.xy != nil {
		b.StartVector(8, 2*len(g.xy), 8)
		for i := len(g.xy) - 1; i >= 0; i-- {
			b.PrependFloat64(g.xy[i][1])
			b.PrependFloat64(g.xy[i][0])
		}
		xy = b.EndVector(2 * len(g.xy))
	}
	if g.z {
		b.StartVector(8, len(g.xy), 8)
		for range g.xy {
			b.PrependFloat64(5)
		}
		z = b.EndVector(len(g.xy))
	}
	b.StartObject(8)
	b.PrependUOffsetTSlot(geomEnds, ends, 0)
	b.PrependUOffsetTSlot(geomXY, xy, 0)
	b.PrependUOffsetTSlot(geomZ, z, 0)
	b.PrependByteSlot(geomType, byte(g.kind), 0)
	b.PrependUOffsetTSlot(geomParts, parts, 0)
	return b.EndObject()
}

type testFeature struct {
	geometry   *testGeometry
	properties []byte
	columns    []column
}

func buildFeature(f testFeature) []byte {
	b := flatbuffers.NewBuilder(0)
	var geometry, properties, columns flatbuffers.UOffsetT
	if f.geometry != nil {
		geometry = f.geometry.build(b)
	}
	if f.properties != nil {
		properties = b.CreateByteVector(f.properties)
	}
	if f.columns != nil {
		columns = buildColumns(b, f.columns)
	}
	b.StartObject(3)
	b.PrependUOffsetTSlot(0, geometry, 0)
	b.PrependUOffsetTSlot(1, properties, 0)
	b.PrependUOffsetTSlot(2, columns, 0)
	b.FinishSizePrefixed(b.EndObject())
	return b.FinishedBytes()
}

// buildFile lays out a whole file, with an index of zeros where the header asks
// for one.
func buildFile(h testHeader, features ...testFeature) []byte {
	file := append([]byte("fgb\x03fgb\x01"), buildHeader(h)...)
	size, err := (&header{count: h.count, nodeSize: h.nodeSize}).indexSize()
	if err != nil {
		panic(err)
	}
	file = append(file, make([]byte, size)...)
	for _, f := range features {
		file = append(file, buildFeature(f)...)
	}
	return file
}

// props lays out properties: column number, then the raw value.
func props(pairs ...any) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		b = binary.LittleEndian.AppendUint16(b, uint16(pairs[i].(int)))
		switch v := pairs[i+1].(type) {
		case []byte:
			b = append(b, v...)
		case string:
			b = binary.LittleEndian.AppendUint32(b, uint32(len(v)))
			b = append(b, v...)
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		case float32:
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		case uint64:
			b = binary.LittleEndian.AppendUint64(b, v)
		case int64:
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		case int32:
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, v)
		case int16:
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		case uint16:
			b = binary.LittleEndian.AppendUint16(b, v)
		case byte:
			b = append(b, v)
		}
	}
	return b
}
