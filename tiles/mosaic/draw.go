package mosaic

// Draw gives each cell its label, balances classes and draws their borders. Cost:
// O(n log n) in the cells of the window and what is in them, however many features
// that comes from.
func (m *Mosaic) Draw() {
	m.label()
	m.balance()
	m.passed = zeroed(m.passed, (m.w+1)*(m.h+1))
	m.walks = 0
	m.rings, m.points = append(m.rings[:0], ring{}), m.points[:0]
	if m.sets.members == nil {
		m.trace(m.labels, m.classes)
	}
}

// Rings visits the rings of the polygons of a class, by the rank that Load was
// given, each shell followed by its holes. Shells run to the right along their
// upper side. The points are in half cells and valid until the next call.
func (m *Mosaic) Rings(rank int, visit func([]Point)) {
	class := int32(rank) + 1
	value := class
	if m.sets.members != nil {
		m.rings, m.points = m.rings[:1], m.points[:0]
		m.mask = append(m.mask[:0], m.labels...)
		for i, l := range m.labels {
			switch {
			case l < 0:
			case m.sets.has(l, class):
				m.mask[i] = 1
			default:
				m.mask[i] = none
			}
		}
		m.trace(m.mask, 2)
		value = 1
	}
	for p := m.lists[value].first; p != 0; p = m.pieces[p].next {
		for r := m.pieces[p].first; r != 0; r = m.rings[r].next {
			visit(m.points[m.rings[r].from:m.rings[r].to])
		}
	}
}
