package geojsonseq

import (
	"bytes"
	"io"

	"tuban/feature"
	"tuban/formats/geojson"
)

// Record is one record of a sequence that has been cut out and not yet read, so
// that records can be read on several processors.
type Record struct {
	Row  int64
	Text []byte // without delimiters; NextRecord lends it until its next call
	at   place
}

// NextRecord is Next without the reading: the record's text is whatever stands
// there. The *feature.RowError that it may return is of a record that is too
// long.
func (d *Reader) NextRecord() (Record, error) {
	for d.err == nil {
		at := place{d.offset, d.line, int(d.offset - d.lineStart)}
		record, whole, err := d.record()
		if err != nil {
			d.err = err // what was read before the end still counts
		}
		if err != nil && err != io.EOF {
			break
		}
		if whole && len(bytes.TrimSpace(record)) == 0 {
			continue
		}
		d.row++
		if !whole {
			return Record{}, feature.NewRowError(d.row, "%w",
				&geojson.LimitError{What: "bytes in one record", Limit: int64(d.max), Offset: at.offset})
		}
		return Record{d.row, record, at}, nil
	}
	return Record{}, d.err
}

// Decode reads the record's feature. The error is a *feature.RowError, with
// places as they are in the whole sequence.
func (r *Record) Decode(d *geojson.Decoder) (feature.Feature, error) {
	f, err := d.Decode(r.Text)
	if err != nil {
		return feature.Feature{}, r.at.rowError(r.Row, err)
	}
	return f, nil
}
