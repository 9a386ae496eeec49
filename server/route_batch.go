package server

import (
	"net/http"

	"tuban/feature"
	"tuban/formats/geojsonseq"
	"tuban/geom"
	"tuban/overlap"
)

// endless is the limit of a body that may have any length.
const endless = 1 << 62

// rowTypes are the media types of sequences. Which kind one is, its first byte
// tells.
var rowTypes = []string{typeSeq, typeNDJSON, "application/octet-stream"}

// routeBatch measures the rows of a sequence of any length and answers each
// with a line, in order, while the sequence comes in.
func routeBatch(r *request) error {
	q, err := r.overlapQuery()
	if err != nil {
		return err
	}
	if err := r.wantType(rowTypes...); err != nil {
		return err
	}
	return r.answerRows(func(dst []byte, f *feature.Feature) ([]byte, []geom.Problem, error) {
		result, problems, err := q.measure(f)
		if err != nil {
			return nil, nil, err
		}
		return overlap.AppendMembers(dst, &result), problems, nil
	})
}

// answerRows answers the rows of the body with a line each.
func (r *request) answerRows(members rowAnswer) error {
	end := r.streaming()
	b, err := r.newBatch(members)
	if err != nil {
		end()
		return err
	}
	b.end = end
	h := &r.ctx.Response.Header
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	r.ctx.SetStatusCode(http.StatusOK)
	r.ctx.SetContentType(typeNDJSON)
	r.ctx.Response.SetBodyStream(b, -1)
	return nil
}

// newBatch takes a place among the batches under way and opens the body.
func (r *request) newBatch(members rowAnswer) (*batch, error) {
	ctx, cancel := r.deadline()
	defer cancel()
	release, err := acquire(ctx, r.batches)
	if err != nil {
		return nil, err
	}
	b := &batch{Server: r.Server, members: members, seq: r.view.Seq(), requestID: r.id, release: release}
	b.conn, _ = r.ctx.Conn().(*conn)
	stream, err := r.bodyReader(endless)
	if err != nil {
		release()
		return nil, err
	}
	b.options = r.geojsonOptions()
	b.options.SkipProperties = true
	if b.rows, err = geojsonseq.NewReaderWith(stream, geojsonseq.Options{MaxRecordBytes: r.limits.Body}); err != nil {
		release()
		return nil, r.bodyProblem(err)
	}
	b.broken = r.rowsProblem
	return b, nil
}
