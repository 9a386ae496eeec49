package geojson

import "io"

// open reads the document up to its features, or all of it when it is one
// Feature or geometry. Until it is clear that it is a collection the text is
// kept, since the members that matter may stand before the type.
func (d *Reader) open() error {
	p := &d.p
	bom, err := p.begin()
	if err != nil {
		return err
	}
	if bom {
		p.note(noteBOM)
	}
	if p.peek() != '{' {
		return d.fatalHere("", "the document is %s, not a GeoJSON object")
	}
	from, _ := p.hold()
	p.rowStart = from
	if err := p.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		ok, err := p.member(first)
		if err != nil {
			return err
		}
		if !ok {
			return d.whole(from)
		}
		if err := d.headMember(); err != nil {
			return err
		}
		if d.collection() {
			p.mark, p.rowStart = -1, -1
		}
		if d.features {
			return nil
		}
	}
}

func (d *Reader) collection() bool { return d.features || d.typ == "FeatureCollection" }

// headMember reads one member before the features. It ends inside the features
// array when it meets that.
func (d *Reader) headMember() error {
	p := &d.p
	switch string(p.key) {
	case "type":
		return d.documentType()
	case "features":
		if d.typ != "" && d.typ != "FeatureCollection" {
			return p.skip()
		}
		if p.peek() != '[' {
			return d.fatalHere("features", `"features" is %s, not an array`)
		}
		d.features = true
		return p.enter()
	case "crs":
		return d.documentCRS()
	case "name":
		if p.peek() == '"' {
			chars, _, err := p.text()
			d.layer = string(chars)
			return err
		}
	}
	return p.skip()
}

func (d *Reader) documentType() error {
	p := &d.p
	from := p.here()
	if d.typ != "" {
		return d.fatal("type", from, `member "type" stands twice`)
	}
	if p.peek() != '"' {
		return d.fatalHere("type", `"type" is %s, not a text`)
	}
	t, err := p.typeText()
	if err != nil {
		return err
	}
	if t != "FeatureCollection" && (d.features || t != "Feature" && kindOf(t) == noKind) {
		return d.fatal("type", from, "%s is no GeoJSON type that belongs here%s", quote([]byte(t)), caseHint(t))
	}
	d.typ = t
	return nil
}

// documentCRS reads the document's crs member, before or after its features.
func (d *Reader) documentCRS() error {
	p := &d.p
	from := p.here()
	if d.crsSeen {
		return d.fatal("crs", from, `member "crs" stands twice`)
	}
	d.crsSeen = true
	crs, err := p.readCRS()
	if err != nil {
		return err
	}
	if !d.features {
		p.crs = crs
		return nil
	}
	if !p.ignoreCRS && !isLonLat(crs) {
		return d.fatal("crs", from, "the crs member (%s) stands after the features, which were read as longitude and latitude: "+
			"move it before them, or say the coordinate system yourself", quote([]byte(crs)))
	}
	return nil
}

// whole reads a document that had no features, from the text kept.
func (d *Reader) whole(from int64) error {
	p := &d.p
	switch d.typ {
	case "FeatureCollection":
		return d.fatal("", from, `the FeatureCollection has no "features"`)
	case "":
		return d.fatal("", from, `the object has no "type"`)
	}
	k := kept{p.copyHeld(from), from}
	p.mark, p.rowStart = -1, -1
	if err := p.trailing(); err != nil {
		return err
	}
	p.nextRow()
	d.count = 1
	return p.within(k, func() (err error) {
		d.single, err = p.decode()
		return err
	})
}

// tail reads what follows the features and returns io.EOF if it is in order.
func (d *Reader) tail() error {
	p := &d.p
	p.path = p.path[:0]
	for {
		ok, err := p.member(false)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch string(p.key) {
		case "type":
			err = d.documentType()
		case "crs":
			err = d.documentCRS()
		case "features":
			err = d.fatal("features", p.here(), `member "features" stands twice`)
		default:
			err = p.skip()
		}
		if err != nil {
			return err
		}
	}
	if d.typ == "" {
		return d.fatal("", p.offset(), `the object has "features" but no "type"`)
	}
	if err := p.trailing(); err != nil {
		return err
	}
	return io.EOF
}
