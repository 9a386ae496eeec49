package geojson

import "fmt"

// enter steps into the array or object that begins at pos.
func (s *scanner) enter() error {
	if s.depth >= s.maxDepth {
		return &LimitError{What: LimitDepth, Limit: int64(s.maxDepth), Offset: s.offset()}
	}
	s.depth++
	s.pos++
	return nil
}

// elem goes to the next element of an array, over the comma, and reports
// whether there is one; at the end it leaves the array.
func (s *scanner) elem(first bool) (bool, error) { return s.item(first, ']') }

// member goes to the next name of an object, and reports whether there is one;
// at the end it leaves the object. The name's string begins at pos.
func (s *scanner) member(first bool) (bool, error) {
	ok, err := s.item(first, '}')
	if ok && s.buf[s.pos] != '"' {
		return false, s.syntax("a member name in quotes")
	}
	return ok, err
}

func (s *scanner) item(first bool, closing byte) (bool, error) {
	c := s.peek()
	if c == closing {
		s.pos++
		s.depth--
		return false, nil
	}
	if !first {
		if c != ',' {
			return false, s.syntax(fmt.Sprintf("',' or '%c'", closing))
		}
		s.pos++
		if c = s.peek(); c == closing {
			return false, s.syntaxError(fmt.Sprintf("a comma stands before '%c'", closing))
		}
	}
	if s.atEnd() {
		return false, s.syntax(fmt.Sprintf("a value or '%c'", closing))
	}
	return true, nil
}

// colon steps over the colon after a member's name.
func (s *scanner) colon() error {
	if s.peek() != ':' {
		return s.syntax("':'")
	}
	s.pos++
	return nil
}

// skip steps over one value, checking that it is JSON; NaN and Infinity are
// let through and counted in nonFinite.
func (s *scanner) skip() error {
	switch c := s.peek(); {
	case c == '{':
		return s.skipObject()
	case c == '[':
		return s.skipArray()
	case c == '"':
		_, err := s.skipString()
		return err
	case c == '-' || '0' <= c && c <= '9':
		return s.skipNumber()
	default:
		_, err := s.word()
		return err
	}
}

func (s *scanner) skipObject() error {
	if err := s.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		ok, err := s.member(first)
		if !ok || err != nil {
			return err
		}
		if _, err := s.skipString(); err != nil {
			return err
		}
		if err := s.colon(); err != nil {
			return err
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

func (s *scanner) skipArray() error {
	if err := s.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		ok, err := s.elem(first)
		if !ok || err != nil {
			return err
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// word steps over true, false, null, NaN or Infinity and returns it.
func (s *scanner) word() (string, error) {
	c := s.peek()
	var w string
	switch c {
	case 't':
		w = "true"
	case 'f':
		w = "false"
	case 'n':
		w = "null"
	case 'N':
		w = "NaN"
	case 'I':
		w = "Infinity"
	default:
		return "", s.syntax("a value")
	}
	for i := 0; i < len(w); i++ {
		if s.byteHere() != w[i] {
			return "", s.syntax(w)
		}
		s.pos++
	}
	if c == 'N' || c == 'I' {
		s.nonFinite++
	}
	return w, nil
}

// skipString steps over the string that begins at pos and reports whether it
// holds escapes.
func (s *scanner) skipString() (escaped bool, err error) {
	s.pos++
	for {
		for s.pos < s.end && plain(s.buf[s.pos]) {
			s.pos++
		}
		switch c := s.byteHere(); {
		case plain(c): // the window went on
		case c == '"':
			s.pos++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := s.skipEscape(); err != nil {
				return escaped, err
			}
		case s.atEnd():
			return escaped, s.syntax(`'"' at the end of a text`)
		default:
			return escaped, s.syntaxError(fmt.Sprintf("control character %#02x in a text; it must be escaped", c))
		}
	}
}

// plain reports whether a byte of a string stands for itself.
func plain(c byte) bool { return c >= ' ' && c != '"' && c != '\\' }

func (s *scanner) skipEscape() error {
	s.pos++
	switch s.byteHere() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
		s.pos++
		for range 4 {
			if _, ok := hexValue(s.byteHere()); !ok || s.atEnd() {
				return s.syntax("four hexadecimal digits after \\u")
			}
			s.pos++
		}
		return nil
	}
	return s.syntax(`one of "\/bfnrtu after a backslash`)
}

// skipNumber steps over the number that begins at pos.
func (s *scanner) skipNumber() error {
	if s.byteHere() == '-' {
		s.pos++
		if s.byteHere() == 'I' {
			_, err := s.word()
			return err
		}
	}
	if s.byteHere() == '0' {
		s.pos++
		if c := s.byteHere(); '0' <= c && c <= '9' {
			return s.syntaxError("a number begins with a needless 0")
		}
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.byteHere() == '.' {
		s.pos++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if c := s.byteHere(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.byteHere(); c == '+' || c == '-' {
			s.pos++
		}
		if err := s.digits(); err != nil {
			return err
		}
	}
	switch c := s.byteHere(); c {
	case ',', ']', '}', ' ', '\n', '\r', '\t':
		return nil
	default:
		if s.atEnd() {
			return nil
		}
		return s.syntaxError(fmt.Sprintf("a number goes on with %q", c))
	}
}

// digits steps over one or more digits.
func (s *scanner) digits() error {
	if c := s.byteHere(); c < '0' || c > '9' {
		return s.syntax("a digit")
	}
	for c := s.byteHere(); '0' <= c && c <= '9'; c = s.byteHere() {
		s.pos++
	}
	return nil
}

// numberToken steps over a number and returns its text, valid until the
// scanner moves on; ok is false for -Infinity.
func (s *scanner) numberToken() (text []byte, ok bool, err error) {
	from, own := s.hold()
	odd := s.nonFinite
	err = s.skipNumber()
	s.release(own)
	return s.held(from), odd == s.nonFinite, err
}

// what names the kind of the value at pos, for messages.
func (s *scanner) what() string {
	switch c := s.peek(); c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a text"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	case 'N':
		return "NaN"
	case 'I':
		return "Infinity"
	}
	return "a number"
}
