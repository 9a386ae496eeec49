package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/formats/geojsonseq"
	"tuban/geom"
)

// routePostItems adds features: one Feature, or many at once as a
// FeatureCollection or a text sequence.
func routePostItems(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	stop, err := r.stopOnError()
	if err != nil {
		return err
	}
	kind, err := r.oneOfTypes(typeGeoJSON, typeJSON, typeSeq, typeNDJSON)
	if err != nil {
		return err
	}
	if kind == typeSeq || kind == typeNDJSON {
		return r.postSequence(l, stop)
	}
	body, err := r.body()
	if err != nil {
		return err
	}
	switch object, err := objectType(body); {
	case err != nil:
		return err
	case object == "Feature":
		return r.postOne(l, body)
	case object != "FeatureCollection":
		return newProblem(http.StatusBadRequest, "bad-geojson", "the body is of type %q; send a Feature or a FeatureCollection", shorten(object)).
			with(wrong{Pointer: "/type", Detail: "must be Feature or FeatureCollection"})
	}
	rows, err := geojson.NewReader(bytes.NewReader(body), r.geojsonOptions())
	if err != nil {
		return err
	}
	return r.postMany(l, rows, stop)
}

func (r *request) stopOnError() (bool, error) {
	switch text, ok := r.value("on_error"); {
	case !ok || text == "skip":
		return false, nil
	case text == "stop":
		return true, nil
	default:
		return false, badParameter("on_error", "%q is not skip or stop", shorten(text))
	}
}

func (r *request) geojsonOptions() geojson.Options {
	return geojson.Options{MaxDepth: r.limits.Depth, MaxVertices: r.limits.Vertices, MaxFeatureBytes: int64(r.limits.Body)}
}

// postOne adds one feature.
func (r *request) postOne(l *engine.LayerView, body []byte) error {
	f, err := r.parseOne(body)
	if err != nil {
		return err
	}
	ctx, cancel := r.deadline()
	defer cancel()
	id := l.Layer().ID
	res, err := r.engine.Commit(ctx, r.meta("POST "+string(r.ctx.URI().PathOriginal())), func(*engine.View) ([]feature.Change, error) {
		return []feature.Change{{Layer: id, Op: feature.OpPut, Feature: f}}, nil
	})
	if err != nil {
		return err
	}
	r.setSeq(res.Seq)
	added := &res.Changes[0].Feature
	r.ctx.Response.Header.Set("Location", r.itemURL(id, added.ID))
	r.answerItem(http.StatusCreated, id, added, res.Problems[0])
	return nil
}

// postSequence adds the features of a text sequence of any length.
func (r *request) postSequence(l *engine.LayerView, stop bool) error {
	defer r.streaming()()
	stream, err := r.bodyReader(r.limits.Stream)
	if err != nil {
		return err
	}
	rows, err := geojsonseq.NewReaderWith(stream, geojsonseq.Options{MaxRecordBytes: r.limits.Body, Feature: r.geojsonOptions()})
	if err != nil {
		return r.rowsProblem(err)
	}
	return r.postMany(l, rows, stop)
}

// rowReader is what the readers of formats have in common.
type rowReader interface {
	Next() (feature.Row, error)
}

// listed bounds how many refusals and warnings an answer lists each; the counts
// stay whole.
const listed = 1000

// bulk is what a bulk write did, row by row.
type bulk struct {
	Layer    feature.LayerID `json:"layer"`
	Seq      feature.Seq     `json:"seq"`
	Vintage  feature.Vintage `json:"vintage"`
	Read     int64           `json:"read"`
	Written  int64           `json:"written"`
	Refused  int64           `json:"refused"`
	Warned   int64           `json:"warned"` // written, with problems in their geometry
	AreaM2   float64         `json:"area_m2"`
	Refusals []wrong         `json:"refusals,omitempty"` // at most 1000
	Warnings []warning       `json:"warnings,omitempty"` // at most 1000
}

// warning is what was found in the geometry of one row.
type warning struct {
	Row      int64          `json:"row"`
	ID       feature.ID     `json:"id,omitempty"`
	Problems []geom.Problem `json:"problems"`
}

// postMany adds the rows as one commit and answers with counts, refusals and
// warnings.
func (r *request) postMany(l *engine.LayerView, rows rowReader, stop bool) error {
	wait, cancelWait := r.deadline()
	defer cancelWait()
	release, err := acquire(wait, r.bulk)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(r.work, longWork)
	defer cancel()
	id := l.Layer().ID
	load, err := r.engine.NewLoad(ctx, engine.LoadSpec{Layer: *l.Layer(), Mode: engine.Append, Meta: r.meta("POST " + string(r.ctx.URI().PathOriginal()))})
	if err != nil {
		return err
	}
	b := bulk{Layer: id, Vintage: l.Vintage()}
	if err := r.addRows(ctx, load, rows, &b, stop); err != nil {
		return errors.Join(err, load.Abort())
	}
	if b.Written == 0 {
		if err := load.Abort(); err != nil {
			return err
		}
		if b.Refused > 0 {
			p := newProblem(http.StatusUnprocessableEntity, "all-refused", "all %d features were refused; nothing was written", b.Refused)
			return p.with(b.Refusals...)
		}
		b.Seq = r.view.Seq()
	} else {
		res, err := load.Commit(ctx, nil)
		if err != nil {
			return err
		}
		b.Seq = res.Seq
	}
	r.setSeq(b.Seq)
	return r.writeJSON(http.StatusOK, typeJSON, b)
}

// addRows puts rows into a load. A row that is refused is listed, or with stop
// ends the whole.
func (r *request) addRows(ctx context.Context, load *engine.Load, rows rowReader, b *bulk, stop bool) error {
	for {
		row, err := rows.Next()
		if err == io.EOF {
			return nil
		}
		bad, rowOnly := errors.AsType[*feature.RowError](err)
		if err != nil && !rowOnly {
			return r.rowsProblem(err)
		}
		if b.Read++; b.Read > int64(r.limits.Rows) {
			return newProblem(http.StatusRequestEntityTooLarge, "too-many", "more than %d features; nothing was written", r.limits.Rows)
		}
		var taken engine.Taken
		if err == nil {
			taken, err = load.Add(row.Row, row.Feature)
		} else {
			row.Row = bad.Row
		}
		if err != nil {
			w := refusal(row.Row, row.Feature.ID, err)
			if stop {
				return newProblem(http.StatusUnprocessableEntity, "row-refused", "row %d was refused, so nothing was written: %s", row.Row, w.Detail).with(w)
			}
			if b.Refused++; len(b.Refusals) < listed {
				b.Refusals = append(b.Refusals, w)
			}
			continue
		}
		b.took(row, taken)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (b *bulk) took(row feature.Row, t engine.Taken) {
	b.Written++
	b.AreaM2 += t.AreaM2
	if len(t.Problems) == 0 {
		return
	}
	if b.Warned++; len(b.Warnings) < listed {
		b.Warnings = append(b.Warnings, warning{row.Row, t.ID, t.Problems})
	}
}

// refusal tells why and where a row was refused.
func refusal(row int64, id feature.ID, err error) wrong {
	w := wrong{Detail: err.Error()}
	if p := problemOf(err); p.Status != http.StatusInternalServerError && len(p.Errors) > 0 {
		w = p.Errors[0]
	}
	w.Row = row
	if w.ID == "" {
		w.ID = id
	}
	return w
}

// rowsProblem answers a body that breaks off or is no sequence of JSON texts.
func (r *request) rowsProblem(err error) error {
	if p := problemOfJSON(err); p != nil {
		return p
	}
	return r.bodyProblem(fmt.Errorf("after the rows before: %w", err))
}

// acquire waits for a place among those that a channel has.
func acquire(ctx context.Context, places chan struct{}) (release func(), err error) {
	select {
	case places <- struct{}{}: // before ctx.Done, which may begin to count the time
		return func() { <-places }, nil
	default:
	}
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, newProblem(statusUnavailable, "busy", "too many such requests are under way").retry(time.Second)
	}
}
