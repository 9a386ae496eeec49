package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
)

// ExportFormats lists what Export writes.
var ExportFormats = []string{"geojson", "geojsonl", "fgb"}

// ErrExportFormat reports a format that Export does not write.
var ErrExportFormat = errors.New("unknown export format")

// Export writes all features of a layer and returns how many. geojson is one
// FeatureCollection, geojsonl a feature a line, both in the order of the numbers;
// fgb is FlatGeobuf with an index. progress may be nil.
func Export(ctx context.Context, l *engine.LayerView, format string, w io.Writer, progress func(done, total int64)) (int64, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	head, between, tail := "", "", ""
	switch format {
	case "geojson":
		head, between, tail = `{"type":"FeatureCollection","features":[`+"\n", ",\n", "\n]}\n"
	case "geojsonl":
		between, tail = "\n", "\n"
	case "fgb":
		return exportFGB(ctx, l, w, progress)
	default:
		return 0, fmt.Errorf("%w %q: known are %v", ErrExportFormat, format, ExportFormats)
	}
	out := bufio.NewWriterSize(w, 1<<20)
	out.WriteString(head)
	var n int64
	var line []byte
	var err error
	l.Ascend(0, func(s feature.Slot) bool {
		line = line[:0]
		if n > 0 {
			line = append(line, between...)
		}
		f := l.Feature(s)
		line = geojson.AppendFeature(line, &f)
		if _, err = out.Write(line); err != nil {
			return false
		}
		if n++; n%1000 == 0 {
			progress(n, int64(l.Len()))
			err = ctx.Err()
		}
		return err == nil
	})
	if err != nil {
		return n, err
	}
	if n > 0 || format == "geojson" {
		out.WriteString(tail)
	}
	return n, out.Flush()
}
