package gen

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/paulmach/orb"

	"tuban/bench"
	"tuban/feature"
)

// manifestName is the file that says what a folder holds. It is written last.
const manifestName = "manifest.json"

// Manifest is what a folder of generated files says of itself.
type Manifest struct {
	Size     string  `json:"size"`
	Seed     uint64  `json:"seed"`
	DataHash string  `json:"data_hash"` // Hash of all features, layer by layer
	Layers   []Layer `json:"layers"`
}

// Layer describes the files of one layer.
type Layer struct {
	Layer    feature.Layer `json:"layer"`
	Features int64         `json:"features"`
	Vertices int64         `json:"vertices"`
	AreaM2   float64       `json:"area_m2"` // Σ of the features' own
	Bounds   orb.Bound     `json:"bounds"`  // [[min lon, min lat], [max lon, max lat]]
	Files    []File        `json:"files"`
}

// File is one file, in the folder of the manifest.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// ErrDamaged reports a file that is not the one of its manifest.
var ErrDamaged = errors.New("it is not what the manifest says")

// ReadManifest reads the manifest of a folder. The error wraps fs.ErrNotExist
// where there is none.
func ReadManifest(dir string) (*Manifest, error) {
	name := filepath.Join(dir, manifestName)
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// Layer returns the description of a layer, false if it is not there.
func (m *Manifest) Layer(id feature.LayerID) (Layer, bool) {
	for _, l := range m.Layers {
		if l.Layer.ID == id {
			return l, true
		}
	}
	return Layer{}, false
}

// Path returns where the file of a layer with an extension (".fgb", ".geojsonl")
// lies in the folder of the manifest, "" if there is none.
func (l Layer) Path(dir, ext string) string {
	for _, f := range l.Files {
		if filepath.Ext(f.Name) == ext {
			return filepath.Join(dir, f.Name)
		}
	}
	return ""
}

func (m *Manifest) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(m)
}

// Check reads every file and compares its hash. The error wraps ErrDamaged and
// names the file.
func (m *Manifest) Check(ctx context.Context, dir string, progress bench.Progress) error {
	var done, total int64
	for _, l := range m.Layers {
		for _, f := range l.Files {
			total += f.Bytes
		}
	}
	for _, l := range m.Layers {
		for _, f := range l.Files {
			progress.Say("check", done, total)
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f.check(dir); err != nil {
				return fmt.Errorf("%s: %w", filepath.Join(dir, f.Name), err)
			}
			done += f.Bytes
		}
	}
	return nil
}

func (f File) check(dir string) error {
	in, err := os.Open(filepath.Join(dir, f.Name))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, in)
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); n != f.Bytes || got != f.SHA256 {
		return fmt.Errorf("%w: %d bytes with SHA-256 %s, not %d with %s; remove the folder and write it again", ErrDamaged, n, got, f.Bytes, f.SHA256)
	}
	return nil
}

// report shows the manifest.
func (m *Manifest) report(env bench.Environment, said string) *bench.Report {
	r := &bench.Report{Title: "The demo city as files", Environment: env}
	counts := bench.Table{Title: "Layers", Columns: []bench.Column{
		{Name: "layer"}, {Name: "features", Unit: bench.Count}, {Name: "vertices", Unit: bench.Count}, {Name: "area", Unit: bench.SquareMetres}, {Name: "title"},
	}}
	files := bench.Table{Title: "Files", Columns: []bench.Column{{Name: "file"}, {Name: "size", Unit: bench.Bytes}, {Name: "SHA-256"}}}
	for _, l := range m.Layers {
		counts.Add(string(l.Layer.ID), l.Features, l.Vertices, l.AreaM2, l.Layer.Title.Best())
		for _, f := range l.Files {
			files.Add(f.Name, f.Bytes, f.SHA256)
		}
	}
	r.Tables = []bench.Table{counts, files}
	r.Note("%s", said)
	r.Note("The data hash is over the features (layer, id, properties, coordinates), in order; the files' own hashes are as sha256sum has them.")
	return r
}
