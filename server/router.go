package server

import (
	"net/url"
	"slices"
	"strings"
)

// route is one method on one path template.
type route struct {
	method   string
	template string   // "/collections/{id}/items": the segments, {name} stands for any one
	query    []string // the query parameters that it knows
	handle   func(*request) error
	writes   bool // changes data: the origin must be allowed to
	quiet    bool // answered well, it is logged at debug level only
	present  bool // always of the newest commit: it describes, and reads no features
	plain    bool // sets Tuban-Seq itself, or its answer has no data in it
}

// knows tells whether the route has a query parameter.
func (rt *route) knows(name string) bool {
	return slices.Contains(rt.query, name) ||
		strings.HasPrefix(name, ownFilterPrefix) && slices.Contains(rt.query, ownFilter)
}

// params are the values of a template's {names}, decoded.
type params []struct{ name, value string }

func (p params) value(name string) string {
	for i := range p {
		if p[i].name == name {
			return p[i].value
		}
	}
	return ""
}

// router finds the route of a path in a tree of segments. Literal segments win
// over {name}.suffix, those over {name}; {name...} takes the rest of the path.
type router struct {
	root   *node
	routes []*route
}

type node struct {
	literal map[string]*node
	named   []edge   // longest suffix first
	rest    *edge    // {name...}
	routes  []*route // of the template that ends here
}

type edge struct {
	name, suffix string
	to           *node
}

func newRouter(routes []*route) *router {
	r := &router{root: &node{}, routes: routes}
	for _, rt := range routes {
		r.add(rt)
	}
	return r
}

func (r *router) add(rt *route) {
	n := r.root
	for _, seg := range segments(rt.template) {
		n = n.child(seg)
	}
	n.routes = append(n.routes, rt)
}

func (n *node) child(seg string) *node {
	open, end := strings.IndexByte(seg, '{'), strings.IndexByte(seg, '}')
	if open != 0 || end < 0 {
		if n.literal == nil {
			n.literal = map[string]*node{}
		}
		if n.literal[seg] == nil {
			n.literal[seg] = &node{}
		}
		return n.literal[seg]
	}
	name, suffix := seg[1:end], seg[end+1:]
	if short, ok := strings.CutSuffix(name, "..."); ok {
		if n.rest == nil {
			n.rest = &edge{name: short, to: &node{}}
		}
		return n.rest.to
	}
	for _, e := range n.named {
		if e.suffix == suffix {
			return e.to
		}
	}
	e := edge{name: name, suffix: suffix, to: &node{}}
	n.named = append(n.named, e)
	slices.SortStableFunc(n.named, func(a, b edge) int { return len(b.suffix) - len(a.suffix) })
	return e.to
}

// segments splits a path that begins with '/'; "/" alone has none.
func segments(path string) []string {
	path = strings.TrimPrefix(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// match returns the routes, one for each method, of a path as it stood in the
// request line, and the decoded values of its template.
func (r *router) match(raw string) ([]*route, params) {
	if !strings.HasPrefix(raw, "/") {
		return nil, nil
	}
	segs := segments(raw)
	for i, seg := range segs {
		if strings.IndexByte(seg, '%') < 0 {
			continue
		}
		plain, err := url.PathUnescape(seg)
		if err != nil {
			return nil, nil
		}
		segs[i] = plain
	}
	var p params
	return r.root.match(segs, &p), p
}

func (n *node) match(segs []string, p *params) []*route {
	if len(segs) == 0 {
		return n.routes
	}
	seg := segs[0]
	if to := n.literal[seg]; to != nil {
		if found := to.match(segs[1:], p); found != nil {
			return found
		}
	}
	for _, e := range n.named {
		value, ok := strings.CutSuffix(seg, e.suffix)
		if !ok || value == "" {
			continue
		}
		had := len(*p)
		*p = append(*p, struct{ name, value string }{e.name, value})
		if found := e.to.match(segs[1:], p); found != nil {
			return found
		}
		*p = (*p)[:had]
	}
	if n.rest != nil {
		*p = append(*p, struct{ name, value string }{n.rest.name, strings.Join(segs, "/")})
		return n.rest.to.routes
	}
	return nil
}

// forMethod returns the route that answers a method, nil if none does; GET
// routes answer HEAD too.
func forMethod(routes []*route, method string) *route {
	if method == "HEAD" {
		method = "GET"
	}
	for _, rt := range routes {
		if rt.method == method {
			return rt
		}
	}
	return nil
}

// allowed returns the value of the Allow header.
func allowed(routes []*route) string {
	var all []string
	for _, rt := range routes {
		all = append(all, rt.method)
		if rt.method == "GET" {
			all = append(all, "HEAD")
		}
	}
	return strings.Join(append(all, "OPTIONS"), ", ")
}
