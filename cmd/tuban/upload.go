package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/jobs"
)

// upload is the sink of an import into a running server: one request whose body
// grows row by row, committed as one by the server.
type upload struct {
	pw     *io.PipeWriter
	answer chan uploadAnswer
	rows   []jobs.Place // of each feature sent: its file and row
	line   []byte
	file   string // of all rows, if there is one file
	layer  feature.Layer
	cancel context.CancelFunc
}

type uploadAnswer struct {
	text []byte
	err  error
}

// uploaded is the server's report; its rows count the features sent.
type uploaded struct {
	Seq      feature.Seq `json:"seq"`
	Refused  int64       `json:"refused"`
	AreaM2   float64     `json:"area_m2"`
	Refusals []struct {
		Row          int64
		Ring, Vertex *int
		Detail       string
	} `json:"refusals"`
}

// upload makes the layer if it is missing, and begins the request.
func (c *importCmd) upload(a *app, im *jobs.Import) (jobs.Sink, error) {
	if c.Vintage != "" {
		return nil, usagef("--vintage works on a directory, not yet with --server: stop the server and import with --data")
	}
	r, err := newRemote(c.Server, c.Token)
	if err != nil {
		return nil, err
	}
	path := "/collections/" + url.PathEscape(c.Layer)
	if _, err := r.fetch(a.ctx, path); err != nil {
		var status *statusError
		if !errors.As(err, &status) || status.status != http.StatusNotFound {
			return nil, err
		}
		text, err := json.Marshal(im.Descriptor())
		if err != nil {
			return nil, err
		}
		res, err := r.do(a.ctx, http.MethodPut, path, "application/json", bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		res.Body.Close()
	}
	ctx, cancel := context.WithCancel(a.ctx)
	pr, pw := io.Pipe()
	u := &upload{pw: pw, answer: make(chan uploadAnswer, 1), cancel: cancel, layer: im.Descriptor()}
	if len(im.Files) == 1 {
		u.file = im.Files[0]
	}
	go func() {
		res, err := r.do(ctx, http.MethodPost, path+"/items?on_error="+c.OnError, "application/geo+json-seq", pr)
		if err != nil {
			pr.CloseWithError(err)
			u.answer <- uploadAnswer{err: err}
			return
		}
		defer res.Body.Close()
		text, err := readAnswer(res.Body)
		u.answer <- uploadAnswer{text, err}
	}()
	return u, nil
}

// Add judges a feature as the server will, and sends it as delivered. What only
// the server knows, that an id is taken, comes with its answer at Commit.
func (u *upload) Add(row int64, f feature.Feature) (engine.Taken, error) {
	judged := f
	problems, err := engine.Ingest(&u.layer, &judged)
	if err != nil {
		return engine.Taken{}, &jobs.RefusedError{Err: errors.Unwrap(err)}
	}
	u.line = append(geojson.AppendFeature(append(u.line[:0], 0x1e), &f), '\n')
	if _, err := u.pw.Write(u.line); err != nil {
		a := <-u.answer // the server has ended the request: its words say why
		u.answer <- a
		return engine.Taken{}, errors.Join(a.err, ignorePipe(err, a.err))
	}
	u.rows = append(u.rows, jobs.Place{File: u.file, Row: row, ID: string(f.ID)})
	return engine.Taken{ID: judged.ID, AreaM2: judged.Area, Problems: problems}, nil
}

// ignorePipe drops the broken pipe where the server's answer tells more.
func ignorePipe(err, answer error) error {
	if answer != nil {
		return nil
	}
	return err
}

// Commit ends the body and takes the server's report over.
func (u *upload) Commit(_ context.Context, r *jobs.Report, progress func(string, int64, int64)) error {
	defer u.cancel()
	if err := u.pw.Close(); err != nil {
		return err
	}
	progress("server", int64(len(u.rows)), -1)
	a := <-u.answer
	if a.err != nil {
		return a.err
	}
	var s uploaded
	if err := json.Unmarshal(a.text, &s); err != nil {
		return fmt.Errorf("bad answer: %w", err)
	}
	r.Seq, r.AreaM2 = s.Seq, s.AreaM2
	r.Written, r.Refused = r.Written-s.Refused, r.Refused+s.Refused
	for _, x := range s.Refusals {
		p := u.place(x.Row)
		p.Ring, p.Vertex, p.Reason = number(x.Ring), number(x.Vertex), x.Detail
		r.Refusals = append(r.Refusals, p)
	}
	return nil
}

// place finds the row of a feature that was sent.
func (u *upload) place(sent int64) jobs.Place {
	if sent < 1 || sent > int64(len(u.rows)) {
		return jobs.Place{Row: sent, Ring: -1, Vertex: -1}
	}
	p := u.rows[sent-1]
	p.Ring, p.Vertex = -1, -1
	return p
}

func number(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

// Abort breaks the request off: the server commits nothing.
func (u *upload) Abort() error {
	u.pw.CloseWithError(errors.New("the import was given up"))
	u.cancel()
	return nil
}
