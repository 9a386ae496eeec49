package jobs

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tuban/feature"
	"tuban/formats/flatgeobuf"
	"tuban/formats/geojson"
	"tuban/formats/geojsonseq"
	"tuban/formats/geopackage"
	"tuban/formats/shapefile"
)

// Reader gives the rows of one file, in the file's own coordinates.
type Reader interface {
	// Schema is what the file says of itself.
	Schema() feature.Schema
	// Next returns the next row; io.EOF at the end; a *feature.RowError for a
	// row that is bad while the file can be read on; any other error ends it.
	Next() (feature.Row, error)
	// Close releases the file.
	Close() error
}

// ErrFormat reports a file whose format is not known.
var ErrFormat = errors.New("unknown file format")

// format is one entry of the list of formats that can be read.
type format struct {
	name     string
	suffixes []string
	open     func(path, layer, encoding string) (Reader, error)
	// defaultCRS holds where a file says nothing; "" means it must be told.
	defaultCRS string
}

// formats lists what OpenFile reads. A new format is one more line.
var formats = []format{
	{"GeoJSON", []string{".geojson", ".json"}, stream(func(r io.Reader) (Reader, error) { return geojson.NewReader(r, geojson.Options{}) }), "OGC:CRS84"},
	{"GeoJSON sequence", []string{".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".geojsonseq"}, stream(func(r io.Reader) (Reader, error) { return geojsonseq.NewReader(r) }), "OGC:CRS84"},
	{"FlatGeobuf", []string{".fgb"}, stream(func(r io.Reader) (Reader, error) { return flatgeobuf.NewReader(r) }), ""},
	{"Shapefile", []string{".shp", ".zip", ".shz"}, func(path, layer, encoding string) (Reader, error) {
		return shapefile.Open(path, shapefile.Options{Layer: layer, Encoding: encoding})
	}, ""},
	{"GeoPackage", []string{".gpkg"}, func(path, layer, _ string) (Reader, error) {
		return geopackage.Open(path, geopackage.Options{Layer: layer})
	}, ""},
}

// source is an opened file with its place in messages.
type source struct {
	Reader
	path       string
	defaultCRS string
}

// openFile opens PATH or PATH#LAYER by its suffix; ".gz" behind it is unpacked;
// a folder is a Shapefile. Encoding is of attribute text, "" or "auto" to find
// it out.
func openFile(name, encoding string) (*source, error) {
	path, layer := splitLayer(name)
	f, zipped, err := formatOf(path)
	if err != nil {
		return nil, err
	}
	if zipped {
		if path, err = unpack(path); err != nil {
			return nil, err
		}
	}
	r, err := f.open(path, layer, encoding)
	if err != nil {
		if zipped {
			err = errors.Join(err, os.Remove(path))
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if zipped {
		r = &unpacked{r, path}
	}
	return &source{Reader: r, path: name, defaultCRS: f.defaultCRS}, nil
}

// splitLayer cuts "#LAYER" off, unless a file of the whole name exists.
func splitLayer(name string) (path, layer string) {
	if _, err := os.Stat(name); err == nil {
		return name, ""
	}
	if i := strings.LastIndexByte(name, '#'); i > 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}

// formatOf finds the format of a path. zipped is true where a seekable format
// lies in a .gz and must be unpacked to a temporary file first.
func formatOf(path string) (f format, zipped bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return format{}, false, err
	}
	lower := strings.ToLower(path)
	if info.IsDir() {
		lower = ".shp"
	}
	plain, isGz := strings.CutSuffix(lower, ".gz")
	for _, f := range formats {
		for _, s := range f.suffixes {
			if strings.HasSuffix(plain, s) {
				streams := f.name == "GeoJSON" || f.name == "GeoJSON sequence" || f.name == "FlatGeobuf"
				return f, isGz && !streams, nil
			}
		}
	}
	var known []string
	for _, f := range formats {
		known = append(known, f.name+" ("+strings.Join(f.suffixes, " ")+")")
	}
	return format{}, false, fmt.Errorf("%w: %s: known are %s, each also with .gz behind it, and folders with a Shapefile", ErrFormat, path, strings.Join(known, ", "))
}

// stream adapts a format that reads front to back: ".gz" is unpacked on the way.
func stream(open func(io.Reader) (Reader, error)) func(path, layer, encoding string) (Reader, error) {
	return func(path, layer, _ string) (Reader, error) {
		if layer != "" {
			return nil, fmt.Errorf("this format holds one layer: leave #%s out", layer)
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		var r io.Reader = f
		if strings.EqualFold(filepath.Ext(path), ".gz") {
			if r, err = gzip.NewReader(f); err != nil {
				f.Close()
				return nil, fmt.Errorf("gzip: %w", err)
			}
		}
		reader, err := open(r)
		if err != nil {
			f.Close()
			return nil, err
		}
		return &streamed{reader, f}, nil
	}
}

// streamed closes the file under a reader.
type streamed struct {
	Reader
	f *os.File
}

func (s *streamed) Close() error { return errors.Join(s.Reader.Close(), s.f.Close()) }

// unpacked removes the temporary file under a reader.
type unpacked struct {
	Reader
	path string
}

func (u *unpacked) Close() error { return errors.Join(u.Reader.Close(), os.Remove(u.path)) }

// unpack writes the content of a .gz to a temporary file with the suffix of the
// name inside.
func unpack(path string) (string, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		return "", fmt.Errorf("%s: gzip: %w", path, err)
	}
	out, err := os.CreateTemp("", "tuban-*-"+filepath.Base(path[:len(path)-len(".gz")]))
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(out, z); err != nil {
		return "", errors.Join(fmt.Errorf("%s: gzip: %w", path, err), out.Close(), os.Remove(out.Name()))
	}
	return out.Name(), out.Close()
}
