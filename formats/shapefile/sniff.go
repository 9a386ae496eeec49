package shapefile

import (
	"io"
	"strings"
	"unicode/utf8"
)

// enough is how many texts beyond ASCII settle that a table is UTF-8: text in
// another encoding doesn't pass for it that often.
const enough = 4096

// chooseCodec decides the encoding of a table; see the package comment.
func chooseCodec(t *table, cpg *part, option string, n *notes) (*codec, error) {
	if o := encodingName(option); o != "" && o != "auto" {
		return lookup(o)
	}
	declared := readCPG(cpg, n)
	if name := driverName(t.driver); name != "" && t.driver != driverANSI {
		c, err := lookup(name)
		if err != nil {
			return nil, err
		}
		if declared == nil || declared.name == c.name {
			n.say("text is %s by the language driver byte 0x%02x", c.name, t.driver)
			return c, nil
		}
		return disagree(t, c, declared, n)
	}
	if declared != nil {
		n.say("text is %s by the .cpg", declared.name)
		return declared, nil
	}
	return sniffed(t, n)
}

// disagree settles a driver byte against a .cpg: the byte goes first, unless
// the .cpg says UTF-8 and the text bears it out.
func disagree(t *table, byDriver, byFile *codec, n *notes) (*codec, error) {
	if byFile.name == "utf-8" {
		e, err := sniff(t.in.part)
		if err != nil {
			return nil, err
		}
		if e.valid && e.beyond > 0 {
			n.say("the language driver byte 0x%02x says %s, the .cpg says utf-8: the text is valid utf-8 and read so", t.driver, byDriver.name)
			return byFile, nil
		}
	}
	n.say("the language driver byte 0x%02x says %s, the .cpg says %s: the byte goes first", t.driver, byDriver.name, byFile.name)
	return byDriver, nil
}

// readCPG returns the codec that a .cpg names; nil when there is none or it is
// not known.
func readCPG(p *part, n *notes) *codec {
	if p == nil {
		return nil
	}
	text, err := readSmall(p, 1<<10)
	if err != nil || encodingName(text) == "" {
		n.say("the .cpg cannot be read or is empty and is not used")
		return nil
	}
	c, err := lookup(text)
	if err != nil {
		n.say("the .cpg names no encoding that is known (%q) and is not used", strings.TrimSpace(text))
		return nil
	}
	return c
}

// readSmall reads a small text file; a longer one is cut.
func readSmall(p *part, limit int64) (string, error) {
	f, err := p.open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit))
	return string(b), err
}

func sniffed(t *table, n *notes) (*codec, error) {
	e, err := sniff(t.in.part)
	if err != nil {
		return nil, err
	}
	name := "gb18030"
	switch {
	case e.valid:
		name = "utf-8"
	case t.driver == driverANSI && e.paired*10 < e.high*9:
		name = "windows-1252"
	}
	if e.beyond > 0 {
		n.say("text is taken as %s, judged by its bytes: no .cpg and no language driver byte say otherwise", name)
	}
	return lookup(name)
}

// evidence is what the bytes of a table's texts say.
type evidence struct {
	valid  bool // as UTF-8, cut characters at the end of a full column aside
	beyond int  // texts with bytes beyond ASCII
	high   int  // bytes from 0x80 on
	paired int  // of them in pairs of two bytes from 0xa1 on, as in GB 2312
}

// sniff reads texts of a table, on a stream of its own, until they have decided.
// It reads all of a table whose text is ASCII.
func sniff(p *part) (evidence, error) {
	t, err := openTable(p)
	if err != nil {
		return evidence{}, err
	}
	defer t.close()
	e := evidence{valid: true}
	var texts []column
	for _, c := range t.columns {
		raw, _, _ := strings.Cut(string(c.raw), "\x00")
		e.add([]byte(raw), true)
		if c.kind == 'C' {
			texts = append(texts, c)
		}
	}
	for len(texts) > 0 && e.beyond < enough {
		record, _, err := t.next()
		if err != nil {
			return e, nil // a table cut short is told by whoever reads the rows
		}
		for _, c := range texts {
			cell := record[c.from:c.to]
			text := trimPadding(cell)
			e.add(text, len(text) == len(cell))
		}
	}
	return e, nil
}

func (e *evidence) add(b []byte, full bool) {
	if ascii(b) {
		return
	}
	e.beyond++
	if full && utf8.Valid(cutRune(b)) {
		return
	}
	if !utf8.Valid(b) {
		e.valid = false
	}
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		e.high++
		if b[i] >= 0xa1 && i+1 < len(b) && b[i+1] >= 0xa1 {
			e.high++
			e.paired += 2
			i++
		}
	}
}
