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
	open     func(path string, opt openOptions) (Reader, error)
	// defaultCRS holds where a file says nothing; "" means it must be told.
	defaultCRS string
	// wound says that the format prescribes shells counter-clockwise (RFC
	// 7946), so that the other way is worth a report.
	wound bool
}

// openOptions are what a caller knows of a file.
type openOptions struct {
	layer    string // inside the file
	encoding string // of attribute text, "" or "auto" to find it out
	crs      string // named by the caller; what the file says does not matter then
}

// formats lists what OpenFile reads. A new format is one more line.
var formats = []format{
	{"GeoJSON", []string{".geojson", ".json"}, stream(func(r io.Reader, opt openOptions) (Reader, error) {
		return geojson.NewReader(r, geojson.Options{IgnoreCRS: opt.crs != ""})
	}), "OGC:CRS84", true},
	{"GeoJSON sequence", []string{".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".geojsonseq"}, stream(func(r io.Reader, opt openOptions) (Reader, error) {
		return geojsonseq.NewReaderWith(r, geojsonseq.Options{Feature: geojson.Options{IgnoreCRS: opt.crs != ""}})
	}), "OGC:CRS84", true},
	{"FlatGeobuf", []string{".fgb"}, stream(func(r io.Reader, _ openOptions) (Reader, error) { return flatgeobuf.NewReader(r) }), "", false},
	{"Shapefile", []string{".shp", ".zip", ".shz"}, func(path string, opt openOptions) (Reader, error) {
		return shapefile.Open(path, shapefile.Options{Layer: opt.layer, Encoding: opt.encoding})
	}, "", false},
	{"GeoPackage", []string{".gpkg"}, func(path string, opt openOptions) (Reader, error) {
		return geopackage.Open(path, geopackage.Options{Layer: opt.layer})
	}, "", false},
}

// source is an opened file with its place in messages.
type source struct {
	Reader
	path   string
	format *format
}

// openFile opens PATH or PATH#LAYER by its suffix; ".gz" behind it is unpacked;
// a folder is a Shapefile.
func openFile(name, encoding, crs string) (*source, error) {
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
	r, err := f.open(path, openOptions{layer, encoding, crs})
	if err != nil {
		if zipped {
			err = errors.Join(err, os.Remove(path))
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if zipped {
		r = &unpacked{r, path}
	}
	return &source{Reader: r, path: name, format: f}, nil
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
func formatOf(path string) (f *format, zipped bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, err
	}
	lower := strings.ToLower(path)
	if info.IsDir() {
		lower = ".shp"
	}
	plain, isGz := strings.CutSuffix(lower, ".gz")
	for i := range formats {
		f := &formats[i]
		for _, s := range f.suffixes {
			if strings.HasSuffix(plain, s) {
				streams := f.name == "GeoJSON" || f.name == "GeoJSON sequence" || f.name == "FlatGeobuf"
				return f, isGz && !streams, nil
			}
		}
	}
	for _, s := range []string{".dbf", ".shx", ".prj", ".cpg"} {
		if strings.HasSuffix(plain, s) {
			return nil, false, fmt.Errorf("%w: %s is a part of a Shapefile: give its .shp", ErrFormat, path)
		}
	}
	var known []string
	for _, f := range formats {
		known = append(known, f.name+" ("+strings.Join(f.suffixes, " ")+")")
	}
	return nil, false, fmt.Errorf("%w: %s: known are %s, each also with .gz behind it, and folders with a Shapefile", ErrFormat, path, strings.Join(known, ", "))
}

// stream adapts a format that reads front to back: ".gz" is unpacked on the way.
func stream(open func(io.Reader, openOptions) (Reader, error)) func(string, openOptions) (Reader, error) {
	return func(path string, opt openOptions) (Reader, error) {
		if opt.layer != "" {
			return nil, fmt.Errorf("this format holds one layer: leave #%s out", opt.layer)
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
		reader, err := open(r, opt)
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
