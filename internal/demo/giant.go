package demo

// Giants are the desert parcels that are far larger than all others: survey
// files of open land hold few polygons, of tens of thousands of vertices.
const (
	largestGiant = 0.010 // share of the faces in giants that the largest may have
	giantRefusal = 0.12  // share of neighbours that stay islands
)

// giantClasses are the classes a giant may have.
var giantClasses = [...]string{"1207", "1206", "1205", "1204", "0401"}

// joinGiants joins faces of open land to giants and marks them. A giant grows
// from a face to random neighbours of its class and unit; some it leaves out,
// which become islands of another class.
func (c *City) joinGiants(g *merging, count int) {
	r := newRandom(c.seed, streamGiant, 0)
	left := int(c.size.Giants * float64(count))
	largest := largestGiant * float64(left)
	taken := make([]bool, c.mesh.faces())
	for try := 0; left > 0 && try < 100_000; try++ {
		f := int32(r.below(c.mesh.faces()))
		if !c.mayGrow(f) || taken[f] {
			continue
		}
		u := r.unit()
		members := c.giantFaces(f, max(6, int(largest*u*u)), taken, &r)
		for _, m := range members {
			g.join(f, m, int32(len(c.classes)))
			c.bends.giant[m] = true
		}
		left -= len(members)
	}
}

func (c *City) mayGrow(f int32) bool {
	if !c.mesh.land(f) || !c.bends.rough[f] {
		return false
	}
	for _, code := range giantClasses {
		if c.classes[f] == code {
			return true
		}
	}
	return false
}

// giantFaces returns up to most connected faces of f's class and unit. All that
// it looks at are taken; the islands change their class.
func (c *City) giantFaces(f int32, most int, taken []bool, r *random) []int32 {
	class, unit := c.classes[f], c.units[f]
	members, rim := []int32{}, []int32{f}
	taken[f] = true
	for len(rim) > 0 && len(members) < most {
		k := r.below(len(rim))
		at := rim[k]
		rim[k] = rim[len(rim)-1]
		rim = rim[:len(rim)-1]
		if len(members) > 0 && r.unit() < giantRefusal {
			c.classes[at] = island(class, r)
			continue
		}
		members = append(members, at)
		first := c.mesh.first[at]
		for h := first; ; {
			if n := c.mesh.face[h^1]; c.mesh.land(n) && !taken[n] && c.bends.rough[n] && c.classes[n] == class && c.units[n] == unit {
				taken[n] = true
				rim = append(rim, n)
			}
			if h = c.mesh.next[h]; h == first {
				break
			}
		}
	}
	return members
}

// island is the class of ground that lies within a giant of a class.
func island(class string, r *random) string {
	switch class {
	case "1204":
		return choose(r.unit() < 0.5, "0404", "1106")
	case "1205":
		return choose(r.unit() < 0.5, "0305", "1206")
	case "0401":
		return choose(r.unit() < 0.6, "1207", "0402")
	}
	return choose(r.unit() < 0.4, "0305", choose(r.unit() < 0.5, "0404", "1205"))
}
