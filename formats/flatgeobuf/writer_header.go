package flatgeobuf

import (
	"math"
	"strconv"
	"strings"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/paulmach/orb"

	"tuban/geom"
)

// head writes the header of a file without count, envelope and index.
func (w *Writer) head() error { return w.headOf(geom.EmptyBound) }

// headOf writes magic and header. A file without features has no index: a count
// of 0 means that it is not known.
func (w *Writer) headOf(box orb.Bound) error {
	b := w.build
	b.Reset()
	name, title := b.CreateString(w.opt.Layer), b.CreateString(w.opt.Title)
	columns, crs := w.columnTables(b), crsTable(b, w.opt.CRS)
	var envelope flatbuffers.UOffsetT
	if box.Min[0] <= box.Max[0] {
		b.StartVector(8, 4, 8)
		for _, v := range [...]float64{box.Max[1], box.Max[0], box.Min[1], box.Min[0]} {
			b.PlaceFloat64(v)
		}
		envelope = b.EndVector(4)
	}
	node := uint16(0)
	if len(w.entries) > 0 {
		node = nodeSize
	}
	kind := w.kind
	if w.mixed {
		kind = geomUnknown
	}
	b.StartObject(headTitle + 1)
	b.PrependUOffsetTSlot(headName, name, 0)
	b.PrependUOffsetTSlot(headEnvelope, envelope, 0)
	b.PrependByteSlot(headGeometry, byte(kind), 0)
	b.PrependUOffsetTSlot(headColumns, columns, 0)
	b.PrependUint64Slot(headCount, uint64(len(w.entries)), 0)
	b.PrependUint16Slot(headNodeSize, node, math.MaxUint16) // always there: absent would be 16
	b.PrependUOffsetTSlot(headCRS, crs, 0)
	b.PrependUOffsetTSlot(headTitle, title, 0)
	b.FinishSizePrefixed(b.EndObject())
	if _, err := w.out.WriteString(magic); err != nil {
		return err
	}
	_, err := w.out.Write(b.FinishedBytes())
	return err
}

// columnTables returns the vector of Column tables, 0 when there is none.
func (w *Writer) columnTables(b *flatbuffers.Builder) flatbuffers.UOffsetT {
	if len(w.types) == 0 {
		return 0
	}
	tables := make([]flatbuffers.UOffsetT, len(w.types))
	for i, t := range w.types {
		name := b.CreateString(w.opt.Fields[i].Name)
		b.StartObject(2)
		b.PrependUOffsetTSlot(0, name, 0)
		b.PrependByteSlot(1, byte(t), 0)
		tables[i] = b.EndObject()
	}
	return b.CreateVectorOfTables(tables)
}

// crsTable returns the Crs table, 0 when nothing is said.
func crsTable(b *flatbuffers.Builder, crs string) flatbuffers.UOffsetT {
	if crs == "" {
		return 0
	}
	var org, wkt flatbuffers.UOffsetT
	code := 0
	if n, ok := strings.CutPrefix(crs, "EPSG:"); ok {
		code, _ = strconv.Atoi(n)
	}
	if code > 0 && code <= math.MaxInt32 {
		org = b.CreateString("EPSG")
	} else {
		wkt, code = b.CreateString(crs), 0
	}
	b.StartObject(5)
	b.PrependUOffsetTSlot(0, org, 0)
	b.PrependInt32Slot(1, int32(code), 0)
	b.PrependUOffsetTSlot(4, wkt, 0)
	return b.EndObject()
}
