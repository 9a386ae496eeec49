package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Report is what one run of the bench found.
type Report struct {
	Title       string      `json:"title"`
	Command     string      `json:"command"` // repeats it; the command line fills it in
	Environment Environment `json:"environment"`
	Tables      []Table     `json:"tables"`
	Notes       []string    `json:"notes,omitempty"` // what the numbers do not say, one sentence or more each
}

// Note adds a remark.
func (r *Report) Note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Table is one table of a report. A cell is nil (no figure), a string, an int,
// an int64, a float64 in its column's unit, a Spread or a Goal.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]any
	Notes   []string
}

// Column is a column of a table.
type Column struct {
	Name string
	Unit Unit
}

// errCells reports a row that has not as many cells as there are columns.
var errCells = errors.New("a row has not as many cells as its table has columns")

// Add adds a row with a cell for each column.
func (t *Table) Add(cells ...any) { t.Rows = append(t.Rows, cells) }

// check looks for rows that are too short or too long.
func (t *Table) check() error {
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("table %q, row %d: %w: %d, %d", t.Title, i+1, errCells, len(row), len(t.Columns))
		}
	}
	return nil
}

// MarshalJSON writes columns with their units, and rows as arrays of raw values.
func (t Table) MarshalJSON() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	type column struct {
		Name string `json:"name"`
		Unit string `json:"unit"`
	}
	out := struct {
		Title   string   `json:"title"`
		Columns []column `json:"columns"`
		Rows    [][]any  `json:"rows"`
		Notes   []string `json:"notes,omitempty"`
	}{Title: t.Title, Rows: make([][]any, len(t.Rows)), Notes: t.Notes}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, column{c.Name, c.Unit.name()})
	}
	for i, row := range t.Rows {
		for _, cell := range row {
			if f, ok := cell.(float64); ok {
				cell = number(f)
			}
			out.Rows[i] = append(out.Rows[i], cell)
		}
	}
	return json.Marshal(out)
}

// WriteJSON writes the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(r)
}

// WriteMarkdown writes the report for people: the command that repeats it, where
// it was taken, the tables with aligned columns, the notes.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n```sh\n%s\n```\n\n%s", r.Title, r.Command, r.Environment.Markdown())
	for i := range r.Tables {
		if err := r.Tables[i].markdown(&b); err != nil {
			return err
		}
	}
	bullets(&b, r.Notes)
	_, err := io.WriteString(w, b.String())
	return err
}

func bullets(b *strings.Builder, notes []string) {
	if len(notes) > 0 {
		b.WriteByte('\n')
	}
	for _, n := range notes {
		fmt.Fprintf(b, "- %s\n", n)
	}
}

func (t *Table) markdown(b *strings.Builder) error {
	if err := t.check(); err != nil {
		return err
	}
	lines := make([][]string, 1, len(t.Rows)+1)
	for _, c := range t.Columns {
		lines[0] = append(lines[0], c.Name)
	}
	for _, row := range t.Rows {
		var line []string
		for i, cell := range row {
			line = append(line, strings.ReplaceAll(t.Columns[i].Unit.show(cell), "|", `\|`))
		}
		lines = append(lines, line)
	}
	widths := make([]int, len(t.Columns))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	if t.Title != "" {
		fmt.Fprintf(b, "\n### %s\n", t.Title)
	}
	b.WriteByte('\n')
	for n, line := range lines {
		t.line(b, line, widths)
		if n == 0 {
			t.rule(b, widths)
		}
	}
	bullets(b, t.Notes)
	return nil
}

// line writes a row: numbers to the right, text to the left.
func (t *Table) line(b *strings.Builder, cells []string, widths []int) {
	for i, cell := range cells {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if t.Columns[i].Unit == Text {
			cell += pad
		} else {
			cell = pad + cell
		}
		b.WriteString("| " + cell + " ")
	}
	b.WriteString("|\n")
}

func (t *Table) rule(b *strings.Builder, widths []int) {
	for i, c := range t.Columns {
		dashes := strings.Repeat("-", widths[i])
		if c.Unit != Text {
			dashes = dashes[1:] + ":"
		}
		b.WriteString("| " + dashes + " ")
	}
	b.WriteString("|\n")
}

// Markdown returns the environment as two lines of text.
func (e Environment) Markdown() string {
	commit := e.Commit[:min(12, len(e.Commit))]
	if e.Modified {
		commit += " (modified)"
	}
	parts := []string{e.Date.Format("2006-01-02 15:04 UTC"), "commit " + commit, e.Go + " " + e.Platform}
	if e.Tags != "" {
		parts = append(parts, "tags "+e.Tags)
	}
	parts = append(parts, e.CPU, fmt.Sprintf("%d cores", e.Cores), Bytes.format(float64(e.Memory)), e.OS, "kernel "+e.Kernel, "load "+e.Load)
	text := strings.Join(parts, " · ") + "\n"
	var settings []string
	for _, s := range e.Settings {
		settings = append(settings, s.Name+" "+s.Value)
	}
	if e.DataHash != "" {
		settings = append(settings, "data "+e.DataHash)
	}
	if len(settings) > 0 {
		text += "Settings: " + strings.Join(settings, " · ") + "\n"
	}
	return text
}
