package bench

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ErrNoProcess reports a system (or a container) that does not show processes
// under /proc, or a process that is not there.
var ErrNoProcess = errors.New("cannot see the process")

// Usage is what a process has used so far.
type Usage struct {
	CPU     time.Duration // user and system, of all its threads
	RSS     int64         // bytes in memory now
	PeakRSS int64         // the most bytes that were in memory
}

// tick is the unit of CPU times in /proc: USER_HZ, which is 100 on every
// architecture that Go runs Linux on.
const tick = time.Second / 100

// Process returns what the process of a number has used. CPU comes in steps of
// 10 ms: measure over seconds. Where there is no /proc it returns ErrNoProcess.
func Process(pid int) (Usage, error) {
	dir := "/proc/" + strconv.Itoa(pid)
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return Usage{}, fmt.Errorf("%w %d: %w", ErrNoProcess, pid, err)
	}
	p, err := parseStat(string(stat))
	if err != nil {
		return Usage{}, err
	}
	status, err := os.ReadFile(dir + "/status")
	if err != nil {
		return Usage{}, fmt.Errorf("%w %d: %w", ErrNoProcess, pid, err)
	}
	return Usage{CPU: p.cpu, RSS: statusBytes(string(status), "VmRSS:"), PeakRSS: statusBytes(string(status), "VmHWM:")}, nil
}

// ResetPeak lets PeakRSS of this process begin again from what it has now. Only
// Linux can; elsewhere it returns ErrNoProcess.
func ResetPeak() error {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return fmt.Errorf("%w: %w", ErrNoProcess, err)
	}
	return nil
}

// FreeMemory returns the bytes that programs can still have without swapping.
func FreeMemory() (int64, error) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoProcess, err)
	}
	return statusBytes(string(text), "MemAvailable:"), nil
}

// TreeCPU returns the CPU time of a process, its descendants and those children
// that ended and were waited for: that of a database with a process per
// connection. Between two calls it can only grow, except that a descendant which
// nobody waited for takes its time away with it.
func TreeCPU(pid int) (time.Duration, error) {
	all, err := processes()
	if err != nil {
		return 0, err
	}
	if _, ok := all[pid]; !ok {
		return 0, fmt.Errorf("%w %d", ErrNoProcess, pid)
	}
	var sum time.Duration
	for id, p := range all {
		for up, hops := id, 0; hops <= len(all); hops++ {
			if up == pid {
				sum += p.cpu + p.waited
				break
			}
			parent, ok := all[up]
			if !ok {
				break
			}
			up = parent.parent
		}
	}
	return sum, nil
}

// processStat is what is used of /proc/PID/stat.
type processStat struct {
	parent int
	cpu    time.Duration // utime + stime
	waited time.Duration // cutime + cstime
}

func processes() (map[int]processStat, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoProcess, err)
	}
	all := map[int]processStat{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it has ended since, or is not ours to see
		}
		if p, err := parseStat(string(text)); err == nil {
			all[pid] = p
		}
	}
	if len(all) == 0 {
		return nil, ErrNoProcess
	}
	return all, nil
}

// parseStat reads a line of /proc/PID/stat. The second field is the program's
// name in brackets, which may hold blanks and brackets itself.
func parseStat(text string) (processStat, error) {
	end := strings.LastIndexByte(text, ')')
	if end < 0 {
		return processStat{}, fmt.Errorf("%w: a line of /proc without a name: %.60q", ErrNoProcess, text)
	}
	f := strings.Fields(text[end+1:]) // f[0] is field 3, the state
	if len(f) < 15 {
		return processStat{}, fmt.Errorf("%w: a line of /proc of %d fields: %.60q", ErrNoProcess, len(f), text)
	}
	var n [5]int64
	for i, at := range [...]int{1, 11, 12, 13, 14} { // ppid, utime, stime, cutime, cstime
		v, err := strconv.ParseInt(f[at], 10, 64)
		if err != nil {
			return processStat{}, fmt.Errorf("%w: field %d of /proc: %w", ErrNoProcess, at+3, err)
		}
		n[i] = v
	}
	return processStat{parent: int(n[0]), cpu: time.Duration(n[1]+n[2]) * tick, waited: time.Duration(n[3]+n[4]) * tick}, nil
}

// statusBytes returns a size in /proc/PID/status or /proc/meminfo, 0 where there
// is none.
func statusBytes(text, key string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			kB, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kB << 10
		}
	}
	return 0
}
