package jobs

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"tuban/overlap"
)

// overlayWriter writes results one after another.
type overlayWriter interface {
	write(*overlap.Result) error
	refuse(Place) error
	flush() error
}

func newOverlayWriter(format string, w io.Writer, opt *overlap.Options) (overlayWriter, error) {
	switch format {
	case "ndjson":
		return &ndjsonWriter{w: bufio.NewWriterSize(w, 1<<16)}, nil
	case "csv":
		return newCSVWriter(w, opt.Detail == overlap.Features)
	}
	return nil, fmt.Errorf("%w %q: known are %v", ErrExportFormat, format, OverlayFormats)
}

// ndjsonWriter writes each result as the API gives it, a line each.
type ndjsonWriter struct {
	w    *bufio.Writer
	line []byte
}

func (n *ndjsonWriter) write(r *overlap.Result) error {
	n.line = append(overlap.AppendJSON(n.line[:0], r), '\n')
	_, err := n.w.Write(n.line)
	return err
}

func (n *ndjsonWriter) refuse(p Place) error {
	text, err := json.Marshal(struct {
		Error Place `json:"error"`
	}{p})
	if err != nil {
		return err
	}
	_, err = n.w.Write(append(text, '\n'))
	return err
}

func (n *ndjsonWriter) flush() error { return n.w.Flush() }

// csvWriter writes a row for each feature or class of each layer; a layer
// without them has one row for what it covers.
type csvWriter struct {
	w        *csv.Writer
	features bool
}

func newCSVWriter(w io.Writer, features bool) (*csvWriter, error) {
	c := &csvWriter{csv.NewWriter(w), features}
	head := []string{"id", "query_m2", "layer", "vintage", "covered_m2", "uncovered_m2", "class", "name", "group", "area_m2", "area_mu", "share_of_query"}
	if features {
		head = append(head, "feature", "share_of_feature", "sliver")
	} else {
		head = append(head, "count")
	}
	return c, c.w.Write(head)
}

func share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}

func num(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (c *csvWriter) write(r *overlap.Result) error {
	for i := range r.Layers {
		l := &r.Layers[i]
		head := []string{r.ID, num(r.AreaM2), string(l.Layer), string(l.Vintage), num(l.CoveredM2), num(l.UncoveredM2)}
		row := func(class, name, group string, area, share float64, rest ...string) {
			line := append(append([]string{}, head...), class, name, group, num(area), num(area*3/2000), num(share))
			c.w.Write(append(line, rest...)) // the error stays until flush
		}
		switch {
		case len(l.Classes) == 0 && len(l.Features) == 0:
			row("", "", "", l.CoveredM2, share(l.CoveredM2, r.AreaM2), make([]string, map[bool]int{true: 3, false: 1}[c.features])...)
		case c.features:
			names := map[string]overlap.ClassArea{}
			for _, k := range l.Classes {
				names[k.Class] = k
			}
			for _, f := range l.Features {
				row(f.Class, names[f.Class].Name, names[f.Class].Group, f.AreaM2, f.ShareOfQuery, string(f.ID), num(f.ShareOfFeature), strconv.FormatBool(f.Sliver))
			}
		default:
			for _, k := range l.Classes {
				row(k.Class, k.Name, k.Group, k.AreaM2, k.Share, strconv.Itoa(k.Count))
			}
		}
	}
	return c.w.Error()
}

// refuse leaves the table alone: the report lists what was refused.
func (c *csvWriter) refuse(Place) error { return nil }

func (c *csvWriter) flush() error {
	c.w.Flush()
	return c.w.Error()
}
