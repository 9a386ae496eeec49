package feature

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// ValueKind is the kind of a property value.
type ValueKind uint8

// The kinds of value. JSON numbers without fraction or exponent that fit int64
// are Int; other numbers are Float; objects, arrays and numbers that float64
// could not give back are kept as JSON text.
const (
	Null ValueKind = iota
	Bool
	Int
	Float
	String
	JSON
)

// Value is one property value: a JSON scalar, or JSON text kept as it came.
// The zero Value is null. Values are compared with ==.
type Value struct {
	kind ValueKind
	bits uint64
	text string
}

// BoolValue returns a boolean value.
func BoolValue(b bool) Value {
	if b {
		return Value{kind: Bool, bits: 1}
	}
	return Value{kind: Bool}
}

// IntValue returns an integer value.
func IntValue(i int64) Value { return Value{kind: Int, bits: uint64(i)} }

// FloatValue returns a number; NaN and infinities, which JSON has not, become null.
func FloatValue(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return Value{kind: Float, bits: math.Float64bits(f)}
}

// StringValue returns a text; bytes that are not UTF-8 become U+FFFD.
func StringValue(s string) Value {
	if !utf8.ValidString(s) {
		s = string(bytes.ToValidUTF8([]byte(s), []byte("\uFFFD")))
	}
	return Value{kind: String, text: s}
}

// TextValue returns a text that is known to be UTF-8: nothing is checked.
func TextValue(s string) Value { return Value{kind: String, text: s} }

// JSONValue returns a value that stands for valid JSON text (an object, an
// array, or a number too long for float64). The text is not checked.
func JSONValue(text string) Value { return Value{kind: JSON, text: text} }

// Kind returns the kind of v.
func (v Value) Kind() ValueKind { return v.kind }

// Bool returns the boolean of a Bool value, else false.
func (v Value) Bool() bool { return v.kind == Bool && v.bits == 1 }

// Int returns the integer of an Int value, else 0.
func (v Value) Int() int64 {
	if v.kind != Int {
		return 0
	}
	return int64(v.bits)
}

// Float returns the number of an Int or Float value, else NaN.
func (v Value) Float() float64 {
	switch v.kind {
	case Int:
		return float64(int64(v.bits))
	case Float:
		return math.Float64frombits(v.bits)
	}
	return math.NaN()
}

// Text returns the characters of a String or JSON value, else "".
func (v Value) Text() string { return v.text }

// FieldType returns the field type that v fits; null fits FieldAny.
func (v Value) FieldType() FieldType {
	switch v.kind {
	case Bool:
		return FieldBoolean
	case Int:
		return FieldInteger
	case Float:
		return FieldNumber
	case String:
		return FieldString
	}
	return FieldAny
}

// String returns v as plain text: the way it stands as an id, a class code or
// a CSV cell. Null is "". A whole Float has no fraction: 7.0 is "7".
func (v Value) String() string {
	switch v.kind {
	case Bool:
		return strconv.FormatBool(v.bits == 1)
	case Int:
		return strconv.FormatInt(int64(v.bits), 10)
	case Float:
		f := v.Float()
		switch {
		case f == 0:
			return "0" // also for -0
		case f == math.Trunc(f) && math.Abs(f) < 1e21: // as JSON has it, so that it reads back the same
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return v.text
}

// AppendJSON appends v as JSON.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case Bool:
		return strconv.AppendBool(dst, v.bits == 1)
	case Int:
		return strconv.AppendInt(dst, int64(v.bits), 10)
	case Float:
		return AppendFloat(dst, v.Float())
	case String:
		return AppendString(dst, v.text)
	case JSON:
		return append(dst, v.text...)
	}
	return append(dst, "null"...)
}

// AppendFloat appends a finite number in the shortest form that reads back to
// the same float64, as JSON.
func AppendFloat(dst []byte, f float64) []byte {
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. '<', '>' and '&' stay as they are.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		start = i + 1
	}
	return append(append(dst, s[start:]...), '"')
}

// ParseValue reads one JSON value.
func ParseValue(text []byte) (Value, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return Value{}, fmt.Errorf("empty JSON value")
	}
	switch c := text[0]; {
	case c == '"':
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return Value{}, err
		}
		return StringValue(s), nil
	case c == '{' || c == '[':
		var b bytes.Buffer
		if err := json.Compact(&b, text); err != nil {
			return Value{}, err
		}
		return JSONValue(b.String()), nil
	case c == '-' || '0' <= c && c <= '9':
		if !json.Valid(text) {
			return Value{}, fmt.Errorf("bad JSON number %q", text)
		}
		return ParseNumber(string(text)), nil
	}
	switch string(text) {
	case "null":
		return Value{}, nil
	case "true":
		return BoolValue(true), nil
	case "false":
		return BoolValue(false), nil
	}
	return Value{}, fmt.Errorf("bad JSON value %.20q", text)
}

// ParseNumber reads the text of a valid JSON number. What neither int64 nor
// float64 can give back keeps its digits as JSON text.
func ParseNumber(text string) Value {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil && text != "-0" {
		return IntValue(i)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return JSONValue(text)
	}
	if isDigits(text) { // an integer beyond int64
		return JSONValue(text)
	}
	return FloatValue(f)
}

func isDigits(s string) bool {
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) > 1
}
