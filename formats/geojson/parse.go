package geojson

import (
	"errors"
	"io"
	"slices"
	"sync"

	"tuban/feature"

	"github.com/paulmach/orb"
)

// Decoder reads single GeoJSON texts, one after another, such as the records
// of a sequence. It is not for concurrent use.
type Decoder struct{ p parser }

// NewDecoder returns a Decoder.
func NewDecoder(opt Options) *Decoder { return &Decoder{opt.parser(scanner{})} }

// Decode reads a text that holds one Feature or one bare geometry. Its errors
// are *SyntaxError, *ValueError and *LimitError; after any of them the next
// text can be read. What it returns shares no memory with text.
func (d *Decoder) Decode(text []byte) (feature.Feature, error) {
	var f feature.Feature
	err := d.read(text, func() (err error) {
		f, err = d.p.decode()
		return err
	})
	return f, err
}

// Notes tells what was decided or found odd in the texts so far.
func (d *Decoder) Notes() []string { return slices.Clone(d.p.notes) }

func (d *Decoder) read(text []byte, object func() error) error {
	p := &d.p
	p.scanner = scanner{buf: text, end: len(text), mark: -1, rowStart: -1, maxDepth: p.maxDepth, maxRow: p.maxRow}
	p.path = p.path[:0]
	p.nextRow()
	bom, err := p.begin()
	if err != nil {
		return err
	}
	if bom {
		p.note(noteBOM)
	}
	if err := object(); err != nil {
		return err
	}
	if err := p.trailing(); err != nil {
		return err
	}
	return p.bad
}

// ParseFeature reads a text that holds one Feature, with the default limits.
// Errors are those of Decoder.Decode.
func ParseFeature(text []byte) (feature.Feature, error) {
	d := NewDecoder(Options{})
	var f feature.Feature
	err := d.read(text, func() (err error) {
		f, err = d.p.feature()
		return err
	})
	if err != nil {
		return feature.Feature{}, err
	}
	return f, nil
}

// ParseGeometry reads a text that holds one geometry object, with the default
// limits. The geometry is nil for an empty Point or GeometryCollection. Errors
// are those of Decoder.Decode.
func ParseGeometry(text []byte) (orb.Geometry, error) {
	d := NewDecoder(Options{})
	var g orb.Geometry
	err := d.read(text, func() (err error) {
		g, err = d.p.geometry()
		return err
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

// BodyOptions are the limits of one body; zero members mean no limit, except
// MaxDepth, whose default is 64.
type BodyOptions struct {
	MaxFeatures int
	MaxVertices int // of all features together
	MaxDepth    int
	// SkipProperties leaves the properties out unread; they must be JSON.
	SkipProperties bool
}

// buffers holds memory for positions from one body to the next.
var buffers = sync.Pool{New: func() any { return new([]orb.Point) }}

// keepPositions is the most positions that the memory kept has room for.
const keepPositions = 1 << 14

// ParseBody reads a whole body that holds a geometry, a Feature or a
// FeatureCollection whose coordinates are longitude and latitude; another crs
// is an error. The first thing wrong ends it: *SyntaxError, *ValueError or
// *LimitError. What it returns shares no memory with body.
func ParseBody(body []byte, opt BodyOptions) ([]feature.Feature, error) {
	buffer := buffers.Get().(*[]orb.Point)
	d := newBody(body, opt, *buffer)
	defer func() {
		if *buffer = d.p.positionsBuf[:0]; cap(*buffer) > keepPositions {
			*buffer = nil
		}
		buffers.Put(buffer)
	}()
	if f, ok := d.alone(); ok {
		return []feature.Feature{f}, nil
	}
	d = newBody(body, opt, d.p.positionsBuf)
	return d.all(opt)
}

func newBody(body []byte, opt BodyOptions, positions []orb.Point) *Reader {
	const unlimited = int(^uint(0) >> 1)
	d := &Reader{first: true, count: -1, p: Options{
		MaxDepth:       opt.MaxDepth,
		MaxVertices:    orDefault(opt.MaxVertices, unlimited),
		SkipProperties: opt.SkipProperties,
	}.parser(scanner{buf: body, end: len(body)})}
	d.p.perRow = false
	d.p.positionsBuf = positions
	return d
}

// alone reads a body that is one Feature or geometry and says so first, the usual
// case, without looking through it before. false is any other, and one with
// something wrong in it: that is for all to say.
func (d *Reader) alone() (feature.Feature, bool) {
	p := &d.p
	if _, err := p.begin(); err != nil || p.peek() != '{' {
		return feature.Feature{}, false
	}
	if t := p.firstType(); t != "Feature" && kindOf(t) == noKind {
		return feature.Feature{}, false
	}
	p.nextRow()
	f, err := p.decode()
	if err != nil || p.bad != nil || p.trailing() != nil {
		return feature.Feature{}, false
	}
	return f, true
}

// all reads any body.
func (d *Reader) all(opt BodyOptions) ([]feature.Feature, error) {
	if err := d.open(); err != nil {
		return nil, err
	}
	if !isLonLat(d.p.crs) {
		return nil, d.fatal("crs", 0, "the crs is %s; coordinates here are longitude and latitude", quote([]byte(d.p.crs)))
	}
	features := []feature.Feature{}
	for {
		row, err := d.Next()
		if bad := (*feature.RowError)(nil); errors.As(err, &bad) {
			return nil, bad.Err
		}
		if err == io.EOF {
			return features, nil
		}
		if err != nil {
			return nil, err
		}
		if opt.MaxFeatures > 0 && len(features) == opt.MaxFeatures {
			return nil, &LimitError{What: LimitFeatures, Limit: int64(opt.MaxFeatures), Offset: d.p.offset()}
		}
		features = append(features, row.Feature)
	}
}
