package load

import (
	"math"
	"os"
	"testing"
	"time"
)

func TestSpent(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		name         string
		coarse, fine time.Duration
		fineBefore   time.Duration
		want         time.Duration
		ok           bool
	}{
		{"both agree", 500 * ms, 507 * ms, ms, 507 * ms, true},
		{"too short for steps", 30 * ms, 22 * ms, ms, 22 * ms, true},
		{"no account", 500 * ms, 0, 0, 500 * ms, true},
		{"no account, too short", 150 * ms, 0, 0, 0, false},
		{"children did the work", 3000 * ms, 40 * ms, ms, 3000 * ms, true},
		{"a thread has ended", 500 * ms, -2000 * ms, 5000 * ms, 500 * ms, true},
		{"nothing", 0, 0, ms, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := usage{known: true, cpu: time.Second, fine: c.fineBefore}
			after := usage{known: true, cpu: time.Second + c.coarse, fine: c.fineBefore + c.fine}
			if d, ok := spent(before, after); ok != c.ok || ok && d != c.want {
				t.Errorf("%v, %v", d, ok)
			}
		})
	}
	if !math.IsNaN(perAnswer(usage{}, usage{known: true, cpu: time.Hour}, 1)) || !math.IsNaN(perAnswer(usage{known: true}, usage{known: true, cpu: time.Hour}, 0)) {
		t.Error("a figure without its ground")
	}
}

// TestUsageOfThis works this process for a while and wants it seen.
func TestUsageOfThis(t *testing.T) {
	before := usageOf([]int{os.Getpid()})
	if !before.known {
		t.Skip("no /proc here")
	}
	for end := time.Now().Add(60 * time.Millisecond); time.Now().Before(end); {
	}
	after := usageOf([]int{os.Getpid()})
	if after.cpu < before.cpu || after.fine <= before.fine && before.fine > 0 || after.rss == 0 || after.peak < after.rss {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if u := usageOf([]int{1 << 30}); u.known {
		t.Errorf("a process that is not there: %+v", u)
	}
}
