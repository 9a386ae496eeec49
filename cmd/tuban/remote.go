package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxAnswer bounds an answer that is read whole.
const maxAnswer = 256 << 20

// remote is a running tuban server.
type remote struct {
	base  string
	token string
	http  http.Client
}

func newRemote(base, token string) (*remote, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, usagef("--server %q: give an address such as http://127.0.0.1:8080", base)
	}
	return &remote{base: strings.TrimRight(base, "/"), token: token}, nil
}

// statusError is an answer that is not 2xx.
type statusError struct {
	status int
	text   string
}

func (e *statusError) Error() string { return e.text }

// do sends a request; path may be a whole URL (a link of the server's). The
// caller closes the body of an answer without error.
func (r *remote) do(ctx context.Context, method, path, contentType string, body io.Reader) (*http.Response, error) {
	target := path
	if strings.HasPrefix(path, "/") {
		target = r.base + path
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Accept", "application/json, application/geo+json;q=0.9, */*;q=0.1")
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	res, err := r.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s does not answer: %w", r.base, err)
	}
	if res.StatusCode/100 == 2 {
		return res, nil
	}
	defer res.Body.Close()
	return nil, problemOf(res)
}

// problemOf reads an application/problem+json answer.
func problemOf(res *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	var p struct {
		Title, Detail string
		Errors        []struct{ Parameter, Pointer, Detail string }
	}
	if err := json.Unmarshal(text, &p); err != nil || p.Title == "" {
		p.Title, p.Detail = res.Status, strings.TrimSpace(string(text[:min(len(text), 300)]))
	}
	msg := fmt.Sprintf("the server refuses (%d): %s", res.StatusCode, p.Title)
	if p.Detail != "" {
		msg += ": " + p.Detail
	}
	for _, e := range p.Errors {
		msg += fmt.Sprintf("\n  %s%s: %s", e.Parameter, e.Pointer, e.Detail)
	}
	return &statusError{res.StatusCode, msg}
}

// fetch returns the body of a GET.
func (r *remote) fetch(ctx context.Context, path string) ([]byte, error) {
	res, err := r.do(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return readAnswer(res.Body)
}

// post returns the answer to a body.
func (r *remote) post(ctx context.Context, path, contentType string, body []byte) ([]byte, error) {
	res, err := r.do(ctx, http.MethodPost, path, contentType, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return readAnswer(res.Body)
}

func readAnswer(body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err == nil && len(text) > maxAnswer {
		err = fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	}
	return text, err
}

// itemsPage is one page of items.
type itemsPage struct {
	NumberMatched int64
	Features      []json.RawMessage
	Links         []struct{ Rel, Href string }
}

// next returns the link to the page after this one, "" on the last.
func (p *itemsPage) next() string {
	for _, l := range p.Links {
		if l.Rel == "next" {
			return l.Href
		}
	}
	return ""
}

// export writes a layer page by page. It is one state of the layer only if
// nobody changes it meanwhile: a change is an error.
func (r *remote) export(ctx context.Context, layer, format, filter string, w io.Writer, progress func(done, total int64)) (int64, error) {
	if format == "geojson" {
		if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`+"\n"); err != nil {
			return 0, err
		}
	}
	var n int64
	seq := ""
	next := "/collections/" + url.PathEscape(layer) + "/items?limit=10000"
	if filter != "" {
		next += "&filter=" + url.QueryEscape(filter)
	}
	for next != "" {
		page, at, err := r.page(ctx, next)
		if err != nil {
			return n, err
		}
		if seq != "" && seq != at {
			return n, fmt.Errorf("the data set changed during the export (seq %s, then %s): run it again", seq, at)
		}
		seq = at
		for _, f := range page.Features {
			between := "\n"
			if format == "geojson" {
				between = ",\n"
			}
			if n > 0 {
				f = append([]byte(between), f...)
			}
			if _, err := w.Write(f); err != nil {
				return n, err
			}
			n++
		}
		progress(n, page.NumberMatched)
		next = page.next()
	}
	tail := ""
	switch {
	case format == "geojson":
		tail = "\n]}\n"
	case n > 0:
		tail = "\n"
	}
	_, err := io.WriteString(w, tail)
	return n, err
}

func (r *remote) page(ctx context.Context, path string) (*itemsPage, string, error) {
	res, err := r.do(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	text, err := readAnswer(res.Body)
	if err != nil {
		return nil, "", err
	}
	page := &itemsPage{}
	if err := json.Unmarshal(text, page); err != nil {
		return nil, "", fmt.Errorf("bad page of items: %w", err)
	}
	return page, res.Header.Get("Tuban-Seq"), nil
}
