package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress draws a bar on a terminal and plain lines elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	what     string
	every    time.Duration
	start    time.Time
	last     time.Time
	stage    string
	drawn    bool
}

// newProgress returns a progress on stderr.
func (a *app) newProgress(what string) *progress {
	p := &progress{w: a.stderr, what: what, every: 5 * time.Second, start: time.Now()}
	if f, ok := a.stderr.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.terminal, p.every = true, 100*time.Millisecond
		}
	}
	return p
}

// update shows that done of total (-1 = unknown) is done in a stage.
func (p *progress) update(stage string, done, total int64) {
	now := time.Now()
	final := total >= 0 && done >= total
	if stage == p.stage && now.Sub(p.last) < p.every && !(final && p.drawn) {
		return
	}
	if p.stage == "" && now.Sub(p.start) < p.every && !p.terminal { // short work: no noise
		return
	}
	p.stage, p.last, p.drawn = stage, now, !final
	line := p.what + ": " + stage
	rate := float64(done) / max(time.Since(p.start).Seconds(), 0.001)
	if total > 0 {
		share := min(1, float64(done)/float64(total))
		const width = 28
		full := int(share * width)
		line += fmt.Sprintf(" [%s%s] %3.0f %%  %d / %d", strings.Repeat("█", full), strings.Repeat("·", width-full), share*100, done, total)
	} else {
		line += fmt.Sprintf(" %d", done)
	}
	line += fmt.Sprintf("  %.0f/s", rate)
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	} else {
		fmt.Fprintln(p.w, line)
	}
}

// end clears the bar.
func (p *progress) end() {
	if p.terminal && p.stage != "" {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
