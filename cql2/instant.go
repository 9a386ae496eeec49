package cql2

import (
	"cmp"
	"strconv"
	"time"
)

// instant is a date or a time.
type instant struct {
	seconds int64 // since 1970 in UTC; of a date: of its beginning
	nanos   int32
	isDate  bool
}

const daySeconds = 86400

func (t instant) day() int64 {
	d := t.seconds / daySeconds
	if t.seconds%daySeconds < 0 {
		d--
	}
	return d
}

// compareInstants compares by day if one of them is a date.
func compareInstants(a, b instant) int {
	if a.isDate || b.isDate {
		return cmp.Compare(a.day(), b.day())
	}
	if c := cmp.Compare(a.seconds, b.seconds); c != 0 {
		return c
	}
	return cmp.Compare(a.nanos, b.nanos)
}

// text returns the instant as its literal has it.
func (t instant) text() string {
	u := time.Unix(t.seconds, int64(t.nanos)).UTC()
	if t.isDate {
		return u.Format("2006-01-02")
	}
	return u.Format("2006-01-02T15:04:05.999999999Z")
}

// parseInstant reads YYYY-MM-DD, or that, 'T' or a space, hh:mm:ss, perhaps a
// fraction, and Z, ±hh:mm or nothing, which is UTC. It allocates nothing.
func parseInstant(s string) (instant, bool) {
	year, ok1 := digits(s, 0, 4)
	month, ok2 := digits(s, 5, 2)
	day, ok3 := digits(s, 8, 2)
	if !ok1 || !ok2 || !ok3 || s[4] != '-' || s[7] != '-' || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return instant{}, false
	}
	t := instant{seconds: days(year, month, day) * daySeconds, isDate: true}
	if len(s) == 10 {
		return t, true
	}
	t.isDate = false
	hour, ok1 := digits(s, 11, 2)
	minute, ok2 := digits(s, 14, 2)
	second, ok3 := digits(s, 17, 2)
	if !ok1 || !ok2 || !ok3 || s[10] != 'T' && s[10] != 't' && s[10] != ' ' || s[13] != ':' || s[16] != ':' || hour > 23 || minute > 59 || second > 59 {
		return instant{}, false
	}
	t.seconds += int64(hour*3600 + minute*60 + second)
	rest := s[19:]
	if rest != "" && rest[0] == '.' {
		var n int
		if t.nanos, n = fraction(rest[1:]); n == 0 {
			return instant{}, false
		}
		rest = rest[1+n:]
	}
	offset, ok := zone(rest)
	t.seconds -= offset
	return t, ok
}

// fraction reads digits after a point; n is how many.
func fraction(s string) (nanos int32, n int) {
	unit := int32(100_000_000)
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		nanos += int32(s[n]-'0') * unit
		unit /= 10
		n++
	}
	return nanos, n
}

// zone reads an offset in seconds east of UTC.
func zone(s string) (int64, bool) {
	if s == "" || s == "Z" || s == "z" {
		return 0, true
	}
	hour, ok1 := digits(s, 1, 2)
	minute, ok2 := digits(s, 4, 2)
	if !ok1 || !ok2 || len(s) != 6 || s[3] != ':' || hour > 23 || minute > 59 {
		return 0, false
	}
	offset := int64(hour*3600 + minute*60)
	switch s[0] {
	case '+':
		return offset, true
	case '-':
		return -offset, true
	}
	return 0, false
}

// digits reads n digits at a place.
func digits(s string, at, n int) (v int, ok bool) {
	if len(s) < at+n {
		return 0, false
	}
	for i := at; i < at+n; i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		v = v*10 + int(s[i]-'0')
	}
	return v, true
}

func daysIn(year, month int) int {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// days counts the days since 1970-01-01 in the Gregorian calendar: whole years
// of 365 days and the leap days before, from a March at the year's beginning.
func days(year, month, day int) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	y := int64(year)
	leaps := floorDiv(y, 4) - floorDiv(y, 100) + floorDiv(y, 400)
	const from1970 = 719468 // of 1 March of year 0
	return y*365 + leaps + int64((153*(month-3)+2)/5+day-1) - from1970
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// newInstant reads the text of a DATE or TIMESTAMP literal; reason says what is
// wrong with it.
func newInstant(text string, isDate bool) (t instant, reason string) {
	t, ok := parseInstant(text)
	switch {
	case isDate && (!ok || !t.isDate):
		return t, strconv.Quote(short(text)) + " is not a date; write 2024-05-31"
	case !isDate && (!ok || t.isDate):
		return t, strconv.Quote(short(text)) + " is not a time; write 2024-05-31T08:00:00Z"
	}
	return t, ""
}
