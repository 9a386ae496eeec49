package server

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/formats/geojsonseq"
	"tuban/geom"
	"tuban/overlap"
)

// batch is the body of an answer to a sequence of rows: it reads the rows of the
// request while it is written. All of it is of one View.
//
// fasthttp writes an answer's body after the handler has returned, in the
// connection's goroutine, and lets the request's stream live as long. Read and
// WriteTo run there; Close does too, whatever becomes of the connection. The
// goroutines that read and measure run only within WriteTo, so that none of
// them can touch a connection that has been given to somebody else.
type batch struct {
	*Server
	members   rowAnswer
	seq       feature.Seq
	requestID string
	rows      *geojsonseq.Reader
	options   geojson.Options
	conn      *conn             // nil where there is none to hurry
	broken    func(error) error // makes a problem of what the body's stream said
	end       func()
	release   func()
	closed    sync.Once

	out           []byte // lines that wait for being sent
	done, refused int64
}

// rowAnswer appends the members of the answer to one row, id first, and tells
// what is wrong with its geometry. It is called by several goroutines at once.
type rowAnswer func(dst []byte, f *feature.Feature) ([]byte, []geom.Problem, error)

// batchPiece is how many bytes of lines are sent at once when more are ready.
const batchPiece = 32 << 10

// keepBytes is up to which size a row's memory is kept for the next one.
const keepBytes = 64 << 10

// batchRow is one row on its way through.
type batchRow struct {
	record  geojsonseq.Record
	text    []byte // of the record
	err     error
	line    []byte
	refused bool
}

// SupportsBodyWriteTo tells fasthttp to call WriteTo.
func (*batch) SupportsBodyWriteTo() bool { return true }

// Read is there because streams have one; fasthttp calls WriteTo where an
// answer has no length.
func (b *batch) Read([]byte) (int, error) {
	return 0, errors.New("a batch is written by WriteTo")
}

// WriteTo measures and writes until the rows end, the client goes away or the
// server gives up waiting.
func (b *batch) WriteTo(w io.Writer) (int64, error) {
	start := time.Now()
	sent := int64(0)
	flush := func() error {
		if len(b.out) == 0 {
			return nil
		}
		n, err := w.Write(b.out)
		sent += int64(n)
		b.out = reused(b.out)
		return err
	}
	run := overlap.InOrder[batchRow]{
		Next: b.next, Worker: b.worker, Abort: b.abort, Idle: flush,
		Bytes:    func(row *batchRow) int { return len(row.text) + len(row.line) },
		MaxBytes: b.limits.Body,
		Done: func(row *batchRow) error {
			b.done++
			if row.refused {
				b.refused++
			}
			b.out = append(b.out, row.line...)
			row.line = reused(row.line)
			if len(b.out) < batchPiece {
				return nil
			}
			return flush()
		},
	}
	err := run.Run(b.work)
	if bad, ok := errors.AsType[*bodyError](err); ok {
		b.out = b.appendError(b.out, b.done+1, "", b.broken(bad.err))
		if b.conn != nil {
			b.conn.linger.Store(true)
		}
		err = nil
	}
	if err == nil {
		err = flush()
	}
	b.metrics.batchRows.WithLabelValues("measured").Add(float64(b.done - b.refused))
	b.metrics.batchRows.WithLabelValues("refused").Add(float64(b.refused))
	b.log.Info("batch", "request_id", b.requestID, "rows", b.done, "refused", b.refused, "bytes", sent,
		"ms", float64(time.Since(start).Microseconds())/1000, "whole", err == nil)
	return sent, err
}

// Close lets others have the batch's place.
func (b *batch) Close() error {
	b.closed.Do(func() {
		b.end()
		b.release()
	})
	return nil
}

// abort ends a read that waits for the client: the connection is lost for
// further requests.
func (b *batch) abort() {
	if b.conn != nil {
		b.conn.abortReads()
	}
}

// bodyError is an error of the request's stream, not of a row.
type bodyError struct{ err error }

// Error says what the stream said.
func (e *bodyError) Error() string { return e.err.Error() }

// next cuts out the next row.
func (b *batch) next(row *batchRow) (err error) {
	defer b.caught(b.requestID, &err)
	record, err := b.rows.NextRecord()
	*row = batchRow{record: record, text: reused(row.text), line: reused(row.line)}
	bad, rowOnly := errors.AsType[*feature.RowError](err)
	switch {
	case rowOnly:
		row.record.Row, row.err = bad.Row, err
	case err == io.EOF:
		return err
	case err != nil:
		return &bodyError{err}
	}
	row.text = append(row.text, record.Text...)
	row.record.Text = row.text
	return nil
}

// worker returns a function that answers rows.
func (b *batch) worker() func(*batchRow) {
	decoder := geojson.NewDecoder(b.options)
	return func(row *batchRow) {
		b.turns <- struct{}{} // all batches together have as many as there are processors
		defer func() { <-b.turns }()
		id, err := b.answer(row, decoder)
		if row.refused = err != nil; row.refused {
			row.line = b.appendError(row.line[:0], row.record.Row, id, err)
		}
		row.text = reused(row.text)
	}
}

// answer makes a row's line, or tells why it cannot.
func (b *batch) answer(row *batchRow, d *geojson.Decoder) (id feature.ID, err error) {
	defer b.caught(b.requestID, &err)
	if row.err != nil {
		return "", row.err
	}
	f, err := row.record.Decode(d)
	if err != nil {
		return "", err
	}
	line, problems, err := b.members(b.begin(row.line[:0], row.record.Row), &f)
	if err != nil {
		return f.ID, err
	}
	if len(problems) > 0 {
		w := newQueryWarning(0, "", problems)
		line = append(append(line, `,"warnings":`...), problemsJSON(w.Problems)...)
		if w.Omitted > 0 {
			line = strconv.AppendInt(append(line, `,"warnings_omitted":`...), int64(w.Omitted), 10)
		}
	}
	row.line = append(line, "}\n"...)
	return f.ID, nil
}

// begin appends the members that each line begins with.
func (b *batch) begin(dst []byte, row int64) []byte {
	dst = strconv.AppendInt(append(dst, `{"row":`...), row, 10)
	return append(strconv.AppendUint(append(dst, `,"seq":`...), uint64(b.seq), 10), ',')
}

// rowProblem is what a line says of a row that was not measured.
type rowProblem struct {
	Status int     `json:"status"`
	Code   string  `json:"code"`
	Detail string  `json:"detail"`
	Errors []wrong `json:"errors,omitempty"`
}

// appendError appends the line of a row that was not measured.
func (b *batch) appendError(dst []byte, row int64, id feature.ID, err error) []byte {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		b.log.Error("a batch's row failed", "request_id", b.requestID, "row", row, "error", err.Error())
	}
	for i := range p.Errors {
		p.Errors[i].Row, p.Errors[i].ID = row, id
	}
	text, err := marshal(rowProblem{p.Status, p.Code, p.Detail, p.Errors})
	if err != nil { // plain values
		panic(err)
	}
	dst = append(b.begin(dst, row), `"id":`...)
	if id == "" {
		dst = append(dst, "null"...)
	} else {
		dst = feature.AppendString(dst, string(id))
	}
	return append(append(append(dst, `,"error":`...), text...), "}\n"...)
}

// reused returns memory for the next use, unless it is more than a usual row
// needs.
func reused(b []byte) []byte {
	if cap(b) > keepBytes {
		return nil
	}
	return b[:0]
}
