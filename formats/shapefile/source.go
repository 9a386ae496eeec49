package shapefile

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// ErrNoShapefile reports a path in which there is no .shp.
var ErrNoShapefile = errors.New("no shapefile (.shp) found")

// ErrWhichLayer reports a folder or archive with several shapefiles of which
// Options.Layer names none, or not one alone; the text lists them.
var ErrWhichLayer = errors.New("which layer?")

// part is one file of a shapefile, in a folder or in an archive.
type part struct {
	name string // slash-separated, relative to the folder or archive
	size int64  // as the directory says it; an archive may lie
	open func() (io.ReadCloser, error)
}

// source is a folder or an archive that was listed.
type source struct {
	path  string
	parts []*part
	close func() error
}

// listFolder lists the files directly in dir.
func listFolder(dir string) (*source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	s := &source{path: dir, close: func() error { return nil }}
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name())) // follows links
		if err != nil || !info.Mode().IsRegular() || ignored(e.Name()) {
			continue
		}
		file := filepath.Join(dir, e.Name())
		s.parts = append(s.parts, &part{
			name: e.Name(), size: info.Size(),
			open: func() (io.ReadCloser, error) { return os.Open(file) },
		})
	}
	return s, nil
}

// listArchive lists the files of a zip, at any depth.
func listArchive(file string) (*source, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s is not a readable zip archive: %w", file, err)
	}
	s := &source{path: file, close: z.Close}
	for _, f := range z.File {
		name := archiveName(f)
		if strings.HasSuffix(name, "/") || ignored(name) {
			continue
		}
		s.parts = append(s.parts, &part{name: name, size: int64(min(f.UncompressedSize64, 1<<62)), open: f.Open})
	}
	return s, nil
}

// archiveName returns the name of a zip member as text: names that are not
// UTF-8 are what Chinese Windows writes.
func archiveName(f *zip.File) string {
	name := f.Name
	if !utf8.ValidString(name) {
		if s, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = s
		}
	}
	return strings.ReplaceAll(name, `\`, "/")
}

// ignored tells the resource forks that macOS leaves in archives and folders.
func ignored(name string) bool {
	return strings.HasPrefix(path.Base(name), "._") || slices.Contains(strings.Split(name, "/"), "__MACOSX")
}

// split returns a name without its extension, and the extension in lower case.
func split(name string) (stem, ext string) {
	ext = path.Ext(name)
	return strings.TrimSuffix(name, ext), strings.ToLower(ext)
}

// dataset is one shapefile of a source.
type dataset struct {
	source *source
	stem   string // of the .shp, with its folder
}

// layer returns the name of the shapefile without folder and extension.
func (d *dataset) layer() string { return path.Base(d.stem) }

// part returns the sibling with an extension such as ".dbf", in whatever case,
// the one of exactly the same stem first; nil when there is none.
func (d *dataset) part(ext string) *part {
	var found *part
	for _, p := range d.source.parts {
		stem, e := split(p.name)
		if e != ext || !strings.EqualFold(stem, d.stem) {
			continue
		}
		if stem == d.stem {
			return p
		}
		if found == nil {
			found = p
		}
	}
	return found
}

// locate lists what is at a path and chooses the shapefile that layer names.
// The caller closes the source.
func locate(file, layer string) (*dataset, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	_, ext := split(filepath.ToSlash(file))
	switch {
	case info.IsDir():
		return chooseIn(listFolder(file))(layer)
	case ext == ".shp":
		s, err := listFolder(filepath.Dir(file))
		if err != nil {
			return nil, err
		}
		stem, _ := split(filepath.Base(file))
		if layer != "" && !strings.EqualFold(layer, stem) {
			return nil, fmt.Errorf("%w: %s holds %q, not %q", ErrWhichLayer, file, stem, layer)
		}
		s.only(file, info)
		return &dataset{source: s, stem: stem}, nil
	case ext == ".zip" || isArchive(file):
		return chooseIn(listArchive(file))(layer)
	}
	return nil, fmt.Errorf("%w: %s is neither a .shp file, a folder nor a .zip", ErrNoShapefile, file)
}

// only makes file the one .shp of the source, even where the folder listing
// shows it by another name or not at all.
func (s *source) only(file string, info fs.FileInfo) {
	base := filepath.Base(file)
	s.parts = slices.DeleteFunc(s.parts, func(p *part) bool {
		_, ext := split(p.name)
		return ext == ".shp"
	})
	s.parts = append(s.parts, &part{name: base, size: info.Size(), open: func() (io.ReadCloser, error) { return os.Open(file) }})
}

func isArchive(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	var magic [4]byte
	_, err = io.ReadFull(f, magic[:])
	return err == nil && string(magic[:]) == "PK\x03\x04"
}

func chooseIn(s *source, err error) func(layer string) (*dataset, error) {
	return func(layer string) (*dataset, error) {
		if err != nil {
			return nil, err
		}
		d, err := s.choose(layer)
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		return d, nil
	}
}

// choose returns the shapefile that layer names, by its stem, or by folder and
// stem; the only one for "".
func (s *source) choose(layer string) (*dataset, error) {
	var stems []string
	for _, p := range s.parts {
		if stem, ext := split(p.name); ext == ".shp" {
			stems = append(stems, stem)
		}
	}
	slices.Sort(stems)
	if len(stems) == 0 {
		return nil, fmt.Errorf("%w in %s", ErrNoShapefile, s.path)
	}
	found := matching(stems, strings.TrimSuffix(strings.ReplaceAll(layer, `\`, "/"), ".shp"))
	switch {
	case len(found) == 1:
		return &dataset{source: s, stem: found[0]}, nil
	case layer == "" || len(found) > 1:
		return nil, fmt.Errorf("%w: %s holds %d shapefiles, name one of them: %s", ErrWhichLayer, s.path, len(stems), nameList(stems))
	}
	return nil, fmt.Errorf("%w: %s has no shapefile %q; it holds: %s", ErrWhichLayer, s.path, layer, nameList(stems))
}

// matching returns the stems that a layer name means: exactly, else by its last
// element, else without regard to case.
func matching(stems []string, layer string) []string {
	if layer == "" {
		return stems
	}
	rules := []func(stem string) bool{
		func(stem string) bool { return stem == layer },
		func(stem string) bool { return path.Base(stem) == layer },
		func(stem string) bool {
			return strings.EqualFold(stem, layer) || strings.EqualFold(path.Base(stem), layer)
		},
	}
	for _, rule := range rules {
		var found []string
		for _, stem := range stems {
			if rule(stem) {
				found = append(found, stem)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// nameList joins names for a message, not more than a screen of them.
func nameList(names []string) string {
	const most = 40
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
