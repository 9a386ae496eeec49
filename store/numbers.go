package store

import "tuban/feature"

// numberSet is a set of feature numbers in pages of 65,536 bits: a bit a
// feature where numbers are dense. The zero value is empty.
type numberSet struct {
	pages map[uint64]*[1024]uint64
	size  int
}

// add puts n in and reports whether it was new.
func (s *numberSet) add(n feature.Number) bool {
	if s.pages == nil {
		s.pages = map[uint64]*[1024]uint64{}
	}
	page := s.pages[uint64(n)>>16]
	if page == nil {
		page = new([1024]uint64)
		s.pages[uint64(n)>>16] = page
	}
	word, bit := &page[uint64(n)>>6&1023], uint64(1)<<(n&63)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	s.size++
	return true
}

func (s *numberSet) has(n feature.Number) bool {
	page := s.pages[uint64(n)>>16]
	return page != nil && page[uint64(n)>>6&1023]&(1<<(n&63)) != 0
}
