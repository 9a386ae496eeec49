package geojson

import (
	"fmt"
	"strconv"
	"strings"

	"tuban/feature"

	"github.com/paulmach/orb"
)

// parser reads GeoJSON objects from a scanner. Methods that return an error
// return only what ends the input; what is wrong with one row is recorded by
// fail, and the walk goes on to the row's end.
type parser struct {
	scanner
	crs          string // the file's crs member, "" when it has none
	ignoreCRS    bool
	bare         bool // properties are stepped over
	maxVertices  int
	perRow       bool // maxVertices counts anew for each row
	row          int64
	bad          error // the first thing wrong with the row
	path         []step
	kind         kind
	inCoords     bool
	at           [4]int // indexes within coordinates, of nAt levels
	nAt          int
	vertices     int
	notes        []string
	noted        [noteKinds]bool
	names        map[string]string // property names seen, so that rows share them
	key          []byte            // the name of the member being read
	positionsBuf []orb.Point
}

// step is one step of a path: a member, or an element if name is "".
type step struct {
	name  string
	index int64
}

func (p *parser) push(name string) { p.path = append(p.path, step{name: name}) }
func (p *parser) pushIndex(i int64) {
	p.path = append(p.path, step{index: i})
}
func (p *parser) pop() { p.path = p.path[:len(p.path)-1] }

// nextRow forgets what belongs to one row.
func (p *parser) nextRow() {
	p.row++
	p.bad = nil
	if p.perRow {
		p.vertices = 0
	}
	p.rowStart = p.offset()
}

// fail records what is wrong with the row, at the byte of an offset.
func (p *parser) fail(offset int64, format string, args ...any) {
	if p.bad != nil {
		return
	}
	e := &ValueError{Part: -1, Ring: -1, Vertex: -1, Offset: offset, Reason: fmt.Sprintf(format, args...)}
	var b strings.Builder
	for _, s := range p.path {
		b.WriteByte('/')
		if s.name == "" {
			b.WriteString(strconv.FormatInt(s.index, 10))
		} else {
			b.WriteString(pointerEscape.Replace(s.name))
		}
	}
	if p.inCoords {
		b.WriteString("/coordinates")
		for _, i := range p.at[:p.nAt] {
			b.WriteByte('/')
			b.WriteString(strconv.Itoa(i))
		}
		e.Part, e.Ring, e.Vertex = p.kind.place(p.at[:p.nAt])
	}
	e.Path = b.String()
	p.bad = e
}

func (p *parser) failLimit(what string, limit int) {
	if p.bad == nil {
		p.bad = &LimitError{What: what, Limit: int64(limit), Offset: p.offset()}
	}
}

// failHere records a value of the wrong kind at pos and steps over it.
func (p *parser) failHere(format string) error {
	p.fail(p.here(), format, p.what())
	return p.skip()
}

// The things that a reader says once about a file.
type note int

const (
	noteBOM note = iota
	noteExtraOrdinates
	noteNoProperties
	noteUnwrapped
	noteEmptyGeometry
	noteNoID
	noteBare
	noteKinds
)

var noteTexts = [noteKinds]string{
	noteBOM:            "a UTF-8 byte order mark at the start was stepped over",
	noteExtraOrdinates: "third and further ordinates were dropped",
	noteNoProperties:   `features without a member "properties" were read as having none`,
	noteUnwrapped:      "a GeometryCollection of one geometry was read as that geometry",
	noteEmptyGeometry:  "an empty GeometryCollection or Point was read as no geometry",
	noteNoID:           `an "id" that is null or empty was read as none`,
	noteBare:           "a bare geometry was read as a feature without properties",
}

// note says a thing about a row that can be taken, once, with the row where it
// was first seen.
func (p *parser) note(n note) {
	if p.noted[n] || p.bad != nil {
		return
	}
	p.noted[n] = true
	text := noteTexts[n]
	if p.row > 0 && n != noteBare {
		text += fmt.Sprintf(" (first in row %d)", p.row)
	}
	p.notes = append(p.notes, text)
}

// member goes to the next member of an object, over its name, which it leaves
// in p.key, and the colon.
func (p *parser) member(first bool) (bool, error) {
	ok, err := p.scanner.member(first)
	if !ok || err != nil {
		return false, err
	}
	offset := p.offset()
	chars, reason, err := p.text()
	if err != nil {
		return false, err
	}
	if reason != nil {
		p.fail(offset, "a member name is %v", reason)
	}
	p.key = append(p.key[:0], chars...)
	return true, p.colon()
}

// twice records a member that stands twice in its object, told by *seen.
func (p *parser) twice(seen *bool) {
	if *seen {
		p.fail(p.here(), "member %s stands twice", quote(p.key))
	}
	*seen = true
}

// typeText steps over the value of a member "type" and returns it.
func (p *parser) typeText() (string, error) {
	if p.peek() != '"' {
		return "", p.failHere(`"type" is %s, not a text`)
	}
	chars, _, err := p.text()
	return string(chars), err
}

// decode reads the object at pos, of any type, as one feature.
func (p *parser) decode() (feature.Feature, error) {
	if p.peek() != '{' {
		return feature.Feature{}, p.failHere("%s stands where a GeoJSON object should")
	}
	t, err := p.lookType()
	if err != nil {
		return feature.Feature{}, err
	}
	if kindOf(t) == noKind {
		if t == "FeatureCollection" {
			p.fail(p.here(), "a FeatureCollection stands where one Feature should")
		}
		return p.feature()
	}
	g, err := p.geometry()
	if err == nil {
		p.note(noteBare)
	}
	return feature.Feature{Geometry: g}, err
}

// lookType returns the member "type" of the object at pos without moving on.
// The scanner must have the whole object in its window.
func (p *parser) lookType() (t string, err error) {
	saved := p.scanner
	defer func() {
		p.scanner.pos, p.scanner.depth, p.scanner.nonFinite = saved.pos, saved.depth, saved.nonFinite
	}()
	if err := p.enter(); err != nil {
		return "", err
	}
	for first := true; ; first = false {
		ok, err := p.member(first)
		if !ok || err != nil {
			return "", err
		}
		if string(p.key) == "type" && p.peek() == '"' {
			return p.typeText()
		}
		if err := p.skip(); err != nil {
			return "", err
		}
	}
}

// firstType is lookType where "type" is the first member, else "".
func (p *parser) firstType() string {
	saved := p.scanner
	defer func() { p.scanner = saved }()
	if p.enter() != nil {
		return ""
	}
	ok, err := p.member(true)
	if !ok || err != nil || string(p.key) != "type" || p.peek() != '"' {
		return ""
	}
	t, err := p.typeText()
	if err != nil {
		return ""
	}
	return t
}
