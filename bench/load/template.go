package load

import (
	"fmt"
	"slices"
	"strings"
)

// Template is a text with places for values: {z}, {geometry}. A brace that does
// not enclose a plain word of lower-case letters and '-' is a brace, so that
// JSON can be a template.
type Template struct {
	literals []string // one more than names
	names    []string
}

// TemplateError is a place that no value is known for.
type TemplateError struct {
	Name   string
	Offset int // byte in the template
	Known  []string
}

// Error names the place and those that there are.
func (e *TemplateError) Error() string {
	return fmt.Sprintf("nothing is known for {%s} (byte %d); there are {%s}", e.Name, e.Offset, strings.Join(e.Known, "}, {"))
}

// ParseTemplate reads a template whose places are among the known names. The
// error is a *TemplateError.
func ParseTemplate(text string, known ...string) (*Template, error) {
	t := &Template{}
	from := 0
	for i := 0; i < len(text); i++ {
		if text[i] != '{' {
			continue
		}
		name, ok := placeName(text[i+1:])
		if !ok {
			continue
		}
		if !slices.Contains(known, name) {
			return nil, &TemplateError{Name: name, Offset: i, Known: known}
		}
		t.literals, t.names = append(t.literals, text[from:i]), append(t.names, name)
		i += len(name) + 1
		from = i + 1
	}
	t.literals = append(t.literals, text[from:])
	return t, nil
}

// placeName returns the word before the first closing brace.
func placeName(text string) (string, bool) {
	name, _, ok := strings.Cut(text, "}")
	if !ok || name == "" || strings.Trim(name, "-") == "" {
		return "", false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && c != '-' {
			return "", false
		}
	}
	return name, true
}

// Has reports whether the template has a place of a name.
func (t *Template) Has(name string) bool { return slices.Contains(t.names, name) }

// Fill returns the text with the value of each place.
func (t *Template) Fill(value func(name string) string) string {
	var b strings.Builder
	for i, name := range t.names {
		b.WriteString(t.literals[i])
		b.WriteString(value(name))
	}
	b.WriteString(t.literals[len(t.names)])
	return b.String()
}

// IsTemplate tells an address with places in it from a plain one.
func IsTemplate(text string) bool {
	for i := range len(text) {
		if text[i] == '{' {
			if _, ok := placeName(text[i+1:]); ok {
				return true
			}
		}
	}
	return false
}
