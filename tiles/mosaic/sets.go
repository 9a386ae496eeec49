package mosaic

import "slices"

// sets numbers what a cell may show. A label below the number of classes is that
// class; others are sets of several classes.
type sets struct {
	classes int
	members [][]int32
	index   map[string]int32
}

func (s *sets) reset(classes int) {
	s.classes, s.members = classes, nil
	clear(s.index)
}

// number returns the label of a sorted set of classes.
func (s *sets) number(set []int32) int32 {
	switch len(set) {
	case 0:
		return none
	case 1:
		return set[0]
	}
	key := make([]byte, 0, 4*len(set))
	for _, c := range set {
		key = append(key, byte(c), byte(c>>8), byte(c>>16), byte(c>>24))
	}
	if n, ok := s.index[string(key)]; ok {
		return n
	}
	n := int32(s.classes + len(s.members))
	s.members = append(s.members, slices.Clone(set))
	if s.index == nil {
		s.index = map[string]int32{}
	}
	s.index[string(key)] = n
	return n
}

// each visits the classes of a label; the label outside has none.
func (s *sets) each(label int32, visit func(class int32)) {
	switch {
	case label < 0:
	case int(label) < s.classes:
		visit(label)
	default:
		for _, c := range s.members[int(label)-s.classes] {
			visit(c)
		}
	}
}

// has tells whether a label shows a class.
func (s *sets) has(label, class int32) bool {
	if int(label) < s.classes {
		return label == class
	}
	return slices.Contains(s.members[int(label)-s.classes], class)
}

// swap returns the label with one class in place of another.
func (s *sets) swap(label, from, to int32) int32 {
	if int(label) < s.classes {
		return to
	}
	var set []int32
	for _, c := range s.members[int(label)-s.classes] {
		if c != from {
			set = append(set, c)
		}
	}
	if to != none {
		set = append(set, to)
	}
	slices.Sort(set)
	return s.number(set)
}
