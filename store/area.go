package store

import (
	"math"
	"math/bits"
)

// areaSum is a sum of areas in m² as a fixed-point number of 64 bits before and
// 64 after the point. Every float64 of at least 2^-12 m² is added without
// rounding, so a sum doesn't depend on order and adding and taking away leaves
// nothing behind.
type areaSum struct {
	Whole int64
	Frac  uint64
}

const twoTo64 = 1 << 64

func fixed(m2 float64) areaSum {
	whole, frac := math.Modf(m2)
	return areaSum{int64(whole), uint64(frac * twoTo64)}
}

func (a areaSum) plus(b areaSum) areaSum {
	frac, carry := bits.Add64(a.Frac, b.Frac, 0)
	return areaSum{a.Whole + b.Whole + int64(carry), frac}
}

func (a areaSum) minus(b areaSum) areaSum {
	frac, borrow := bits.Sub64(a.Frac, b.Frac, 0)
	return areaSum{a.Whole - b.Whole - int64(borrow), frac}
}

// m2 returns the sum as the nearest float64, nearly.
func (a areaSum) m2() float64 { return float64(a.Whole) + float64(a.Frac)/twoTo64 }
