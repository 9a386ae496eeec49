package jobs

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"tuban/formats/xlsx"
	"tuban/overlap"
)

// overlayWriter writes results one after another.
type overlayWriter interface {
	write(*overlap.Result) error
	refuse(Place) error
	flush() error
}

func newOverlayWriter(format string, w io.Writer, opt *overlap.Options) (overlayWriter, error) {
	features := opt.Detail == overlap.Features
	switch format {
	case "ndjson":
		return &ndjsonWriter{w: bufio.NewWriterSize(w, 1<<16)}, nil
	case "csv":
		c := &csvTable{w: csv.NewWriter(w)}
		return &tableWriter{table: c, features: features}, c.w.Write(tableHead(features))
	case "xlsx":
		x, err := xlsx.NewWriter(w, "overlap", tableHead(features)...)
		return &tableWriter{table: x, features: features}, err
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

// table is where rows of cells go: texts, float64, int and bool.
type table interface {
	Row(cells ...any) error
	Close() error
}

// tableWriter writes a row for each feature or class of each layer; a layer
// without them has one row for what it covers.
type tableWriter struct {
	table
	features bool
	line     []any
}

// tableHead returns the names of the columns.
func tableHead(features bool) []string {
	head := []string{"id", "query_m2", "layer", "vintage", "covered_m2", "uncovered_m2", "class", "name", "group", "area_m2", "area_mu", "share_of_query"}
	if features {
		return append(head, "feature", "share_of_feature", "sliver")
	}
	return append(head, "count")
}

func share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}

func num(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (t *tableWriter) write(r *overlap.Result) error {
	for i := range r.Layers {
		if err := t.layer(r, &r.Layers[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tableWriter) layer(r *overlap.Result, l *overlap.LayerResult) error {
	row := func(class, name, group string, area, share float64, rest ...any) error {
		t.line = append(t.line[:0], r.ID, r.AreaM2, string(l.Layer), string(l.Vintage), l.CoveredM2, l.UncoveredM2)
		t.line = append(append(t.line, class, name, group, area, area*3/2000, share), rest...)
		return t.Row(t.line...)
	}
	switch {
	case len(l.Classes) == 0 && len(l.Features) == 0:
		none := make([]any, map[bool]int{true: 3, false: 1}[t.features])
		return row("", "", "", l.CoveredM2, share(l.CoveredM2, r.AreaM2), none...)
	case t.features:
		names := map[string]overlap.ClassArea{}
		for _, k := range l.Classes {
			names[k.Class] = k
		}
		for _, f := range l.Features {
			if err := row(f.Class, names[f.Class].Name, names[f.Class].Group, f.AreaM2, f.ShareOfQuery, string(f.ID), f.ShareOfFeature, f.Sliver); err != nil {
				return err
			}
		}
	default:
		for _, k := range l.Classes {
			if err := row(k.Class, k.Name, k.Group, k.AreaM2, k.Share, k.Count); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuse leaves the table alone: the report lists what was refused.
func (t *tableWriter) refuse(Place) error { return nil }

func (t *tableWriter) flush() error { return t.Close() }

// csvTable is a table as comma-separated text.
type csvTable struct {
	w    *csv.Writer
	line []string
}

// Row writes a row; an error stays until Close.
func (c *csvTable) Row(cells ...any) error {
	c.line = c.line[:0]
	for _, cell := range cells {
		text := ""
		switch v := cell.(type) {
		case string:
			text = v
		case float64:
			text = num(v)
		case int:
			text = strconv.Itoa(v)
		case bool:
			text = strconv.FormatBool(v)
		}
		c.line = append(c.line, text)
	}
	return c.w.Write(c.line)
}

// Close writes out what waits.
func (c *csvTable) Close() error {
	c.w.Flush()
	return c.w.Error()
}
