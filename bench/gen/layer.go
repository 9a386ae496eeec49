package gen

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"os"
	"path/filepath"

	"tuban/feature"
	"tuban/formats/flatgeobuf"
	"tuban/formats/geojson"
	"tuban/geom"
	"tuban/geom/ellipsoid"
	"tuban/internal/demo"
)

// hashed is a file that is hashed while it is written.
type hashed struct {
	file *os.File
	sum  hash.Hash
	n    int64
	buf  *bufio.Writer
}

func create(dir, name string) (*hashed, error) {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	h := &hashed{file: f, sum: sha256.New()}
	h.buf = bufio.NewWriterSize(hashWriter{h}, 1<<20)
	return h, nil
}

// hashWriter is below the buffer of a hashed.
type hashWriter struct{ *hashed }

// Write hashes and writes.
func (h hashWriter) Write(p []byte) (int, error) {
	h.sum.Write(p)
	n, err := h.file.Write(p)
	h.n += int64(n)
	return n, err
}

// end makes the file whole on disk and describes it.
func (h *hashed) end() (File, error) {
	err := errors.Join(h.buf.Flush(), h.file.Sync(), h.file.Close())
	return File{Name: filepath.Base(h.file.Name()), Bytes: h.n, SHA256: hex.EncodeToString(h.sum.Sum(nil))}, err
}

// writeLayer writes the two files of a layer in one pass over its features, and
// tells now and then how many are written.
func writeLayer(ctx context.Context, dir string, s demo.Source, sum *Hash, written func(int64)) (Layer, error) {
	id := string(s.Layer.ID)
	l := Layer{Layer: s.Layer, Bounds: geom.EmptyBound}
	text, err := create(dir, id+".geojsonl")
	if err != nil {
		return l, err
	}
	defer text.file.Close() // an error if all went well: it is closed then
	binary, err := create(dir, id+".fgb")
	if err != nil {
		return l, err
	}
	defer binary.file.Close()
	spool, err := os.CreateTemp(dir, "."+id+".*")
	if err != nil {
		return l, err
	}
	defer func() { _ = errors.Join(spool.Close(), os.Remove(spool.Name())) }()
	fgb, err := flatgeobuf.NewWriter(binary.buf, flatgeobuf.Options{
		Layer: id, Title: s.Layer.Title.Best(), Fields: s.Layer.Fields, CRS: "EPSG:4490", Spool: spool,
	})
	if err != nil {
		return l, err
	}
	var line []byte
	err = s.Each(func(f feature.Feature) error {
		line = append(geojson.AppendFeature(line[:0], &f), '\n')
		if _, err := text.buf.Write(line); err != nil {
			return err
		}
		sum.Add(s.Layer.ID, &f)
		l.count(&f)
		if l.Features%500 == 0 {
			written(l.Features)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return fgb.Add(&f)
	})
	if err != nil {
		return l, err
	}
	if err := fgb.Close(); err != nil {
		return l, err
	}
	for _, h := range []*hashed{text, binary} {
		f, err := h.end()
		if err != nil {
			return l, err
		}
		l.Files = append(l.Files, f)
	}
	return l, nil
}

func (l *Layer) count(f *feature.Feature) {
	l.Features++
	l.Vertices += int64(geom.VertexCount(f.Geometry))
	l.Bounds = geom.Union(l.Bounds, geom.Bound(f.Geometry))
	if geom.IsAreal(f.Geometry) {
		l.AreaM2 += ellipsoid.Area(f.Geometry)
	}
}
