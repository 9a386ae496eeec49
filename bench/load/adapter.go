package load

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// adapter makes requests of a foreign server from templates.
type adapter struct {
	method    string
	url, body *Template // body is nil for none
	kind      string    // Content-Type
	answer    Path
	checks    bool // answer leads somewhere
}

// newAdapter reads the templates of a configuration. places are the names that
// they may hold, and one of them there must be.
func newAdapter(cfg *Config, places ...string) (*adapter, error) {
	f := &cfg.Foreign
	a := &adapter{method: f.Method, kind: f.Type, checks: f.Answer != ""}
	var err error
	if a.url, err = ParseTemplate(cfg.Target, places...); err != nil {
		return nil, fmt.Errorf("%w: target: %w", ErrConfig, err)
	}
	if f.Body != "" {
		if a.body, err = ParseTemplate(f.Body, places...); err != nil {
			return nil, fmt.Errorf("%w: body: %w", ErrConfig, err)
		}
	}
	if a.answer, err = ParsePath(f.Answer); err != nil {
		return nil, fmt.Errorf("%w: answer: %w", ErrConfig, err)
	}
	if !slices.ContainsFunc(places, a.has) {
		return nil, fmt.Errorf("%w: the templates have none of {%s}: every request would be the same", ErrConfig, strings.Join(places, "}, {"))
	}
	if a.method == "" {
		a.method = http.MethodGet
		if a.body != nil {
			a.method = http.MethodPost
		}
	}
	if a.kind == "" && a.body != nil {
		a.kind = "application/json"
	}
	return a, nil
}

func (a *adapter) has(name string) bool {
	return a.url.Has(name) || a.body != nil && a.body.Has(name)
}

// request fills the templates in; values in the address are escaped.
func (a *adapter) request(value func(name string) string) Request {
	r := Request{Method: a.method, Type: a.kind, URL: a.url.Fill(func(name string) string { return url.QueryEscape(value(name)) })}
	if a.body != nil {
		r.Body = []byte(a.body.Fill(value))
	}
	return r
}
