package shapefile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
)

// polygonRecord is the content of a Polygon record with the rings as they come.
func polygonRecord(t shapeType, rings ...[]orb.Point) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(t))
	b = append(b, make([]byte, 32)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rings)))
	n := 0
	for _, r := range rings {
		n += len(r)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	n = 0
	for _, r := range rings {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
		n += len(r)
	}
	for _, r := range rings {
		b = appendPoints(b, r...)
	}
	return b
}

func appendPoints(b []byte, points ...orb.Point) []byte {
	for _, p := range points {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	}
	return b
}

func pointRecord(x, y float64) []byte {
	return appendPoints([]byte{1, 0, 0, 0}, orb.Point{x, y})
}

// shpBytes lays out a .shp and its .shx; order is the order of the records in
// the file, nil for their own.
func shpBytes(t shapeType, order []int, records ...[]byte) (shp, shx []byte) {
	if order == nil {
		for i := range records {
			order = append(order, i)
		}
	}
	head := make([]byte, headerSize)
	binary.BigEndian.PutUint32(head, fileCode)
	binary.LittleEndian.PutUint32(head[28:], 1000)
	binary.LittleEndian.PutUint32(head[32:], uint32(t))
	shp = bytes.Clone(head)
	at := make([]int, len(records))
	for _, i := range order {
		at[i] = len(shp)
		shp = binary.BigEndian.AppendUint32(shp, uint32(i+1))
		shp = binary.BigEndian.AppendUint32(shp, uint32(len(records[i])/2))
		shp = append(shp, records[i]...)
	}
	shx = bytes.Clone(head)
	for i := range records {
		shx = binary.BigEndian.AppendUint32(shx, uint32(at[i]/2))
		shx = binary.BigEndian.AppendUint32(shx, uint32(len(records[i])/2))
	}
	binary.BigEndian.PutUint32(shp[24:], uint32(len(shp)/2))
	binary.BigEndian.PutUint32(shx[24:], uint32(len(shx)/2))
	return shp, shx
}

type testColumn struct {
	name            string
	kind            byte
	width, decimals int
}

// dbfBytes lays out a table; each record is its flag byte and cells.
func dbfBytes(driver byte, columns []testColumn, records ...string) []byte {
	b := make([]byte, 32)
	b[0], b[29] = 3, driver
	length := 1
	for _, c := range columns {
		d := make([]byte, 32)
		copy(d[:11], c.name)
		d[11], d[16], d[17] = c.kind, byte(c.width), byte(c.decimals)
		b = append(b, d...)
		length += c.width
	}
	b = append(b, 0x0d)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(records)))
	binary.LittleEndian.PutUint16(b[8:], uint16(len(b)))
	binary.LittleEndian.PutUint16(b[10:], uint16(length))
	for _, r := range records {
		row := bytes.Repeat([]byte(" "), length)
		copy(row, r)
		b = append(b, row...)
	}
	return append(b, 0x1a)
}

// folder writes files into a fresh folder.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// archive writes files into a fresh zip.
func archive(t testing.TB, files map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "set.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, b := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, NonUTF8: true, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// ringsOf reads the rings of WKT as they stand, whatever they mean.
func ringsOf(t testing.TB, text string) [][]orb.Point {
	t.Helper()
	m, err := wkt.UnmarshalMultiLineString(text)
	if err != nil {
		t.Fatal(err)
	}
	rings := make([][]orb.Point, len(m))
	for i, r := range m {
		rings[i] = r
	}
	return rings
}
