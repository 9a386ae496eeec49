package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"tuban/cql2"
	"tuban/engine"
	"tuban/feature"
	"tuban/formats/flatgeobuf"
)

// exportFGB writes a layer as FlatGeobuf with an index: features lie in Hilbert
// order. The format has no place for ids: where no field holds them, a column
// does. It sets the features aside in a temporary file about as long as the
// result.
func exportFGB(ctx context.Context, l *engine.LayerView, filter *cql2.Filter, w io.Writer, progress func(done, total int64)) (n int64, err error) {
	spool, err := os.CreateTemp("", "tuban-export-*.fgb")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, spool.Close(), os.Remove(spool.Name())) }()
	fields, idColumn := fgbFields(l)
	out, err := flatgeobuf.NewWriter(w, flatgeobuf.Options{
		Layer: string(l.Layer().ID), Title: l.Layer().Title.Best(), Fields: fields, CRS: "EPSG:4490", Spool: spool,
	})
	if err != nil {
		return 0, err
	}
	n, err = each(ctx, l, filter, progress, func(_ int64, f *feature.Feature) error {
		if idColumn != "" {
			f.Properties = append(f.Properties, feature.Property{Name: idColumn, Value: feature.StringValue(string(f.ID))})
		}
		if err := out.Add(f); err != nil {
			return fmt.Errorf("feature %q: %w", f.ID, err)
		}
		return nil
	})
	if err != nil {
		return n, err
	}
	return n, out.Close()
}

// fgbFields returns the columns of a layer, and the name of the one for ids, ""
// where a field holds them. Numbers that a float64 column would round make
// their column one of JSON.
func fgbFields(l *engine.LayerView) (fields []feature.Field, idColumn string) {
	desc := l.Layer()
	fields = slices.Clone(desc.Fields)
	l.Ascend(0, func(s feature.Slot) bool {
		l.EachProperty(s, func(i int, v feature.Value) {
			if fields[i].Type == feature.FieldNumber && v.Kind() == feature.Int && !isFloat(v.Int()) {
				fields[i].Type = feature.FieldAny
			}
		})
		return true
	})
	named := func(name string) bool {
		return slices.ContainsFunc(fields, func(f feature.Field) bool { return f.Name == name })
	}
	if desc.IDField != "" && named(desc.IDField) {
		return fields, ""
	}
	for idColumn = "id"; named(idColumn); {
		idColumn = "feature_" + idColumn
	}
	return append(fields, feature.Field{Name: idColumn, Type: feature.FieldString}), idColumn
}

// isFloat says that float64 has this integer, as far as the writer trusts it.
func isFloat(i int64) bool { return -1<<53 <= i && i <= 1<<53 }
