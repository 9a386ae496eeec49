//go:build geos

package kernel

/*
#cgo LDFLAGS: -lgeos_c
#include <stdlib.h>
#include <geos_c.h>

static void ignore(const char *message, void *user) {}

static GEOSContextHandle_t begin() {
	GEOSContextHandle_t h = GEOS_init_r();
	GEOSContext_setNoticeMessageHandler_r(h, ignore, 0);
	GEOSContext_setErrorMessageHandler_r(h, ignore, 0);
	return h;
}

// ring makes a linear ring of n vertices, x and y in turn.
static GEOSGeometry *ring(GEOSContextHandle_t h, const double *xy, unsigned n) {
	GEOSCoordSequence *s = GEOSCoordSeq_copyFromBuffer_r(h, xy, n, 0, 0);
	return s ? GEOSGeom_createLinearRing_r(h, s) : 0;
}

// common returns the area of the intersection of two geometries, -1 where GEOS
// fails.
static double common(GEOSContextHandle_t h, const GEOSGeometry *a, const GEOSGeometry *b) {
	double area = -1;
	GEOSGeometry *both = GEOSIntersection_r(h, a, b);
	if (both) {
		if (!GEOSArea_r(h, both, &area)) area = -1;
		GEOSGeom_destroy_r(h, both);
	}
	return area;
}

// commons does that for n pairs: one call from Go for a whole round.
static void commons(GEOSContextHandle_t h, GEOSGeometry **a, GEOSGeometry **b, size_t n, double *areas) {
	for (size_t i = 0; i < n; i++) areas[i] = common(h, a[i], b[i]);
}
*/
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/paulmach/orb"
)

// geos is a case in GEOS's own memory.
type geos struct {
	h                C.GEOSContextHandle_t
	patches, parcels []*C.GEOSGeometry
	a, b             **C.GEOSGeometry // of each pair, in C memory
	n                int
}

// newRival builds the operands of a case in GEOS.
func newRival(c *Case) (rival, error) {
	g := &geos{h: C.begin(), n: len(c.Pairs)}
	var err error
	if g.patches, err = g.polygons(c.Patches); err == nil {
		g.parcels, err = g.polygons(c.Parcels)
	}
	if err != nil {
		g.close()
		return nil, fmt.Errorf("case %s: %w", c.Name, err)
	}
	size := C.size_t(g.n) * C.size_t(unsafe.Sizeof(uintptr(0)))
	g.a, g.b = (**C.GEOSGeometry)(C.malloc(size)), (**C.GEOSGeometry)(C.malloc(size))
	as, bs := unsafe.Slice(g.a, g.n), unsafe.Slice(g.b, g.n)
	for i, p := range c.Pairs {
		as[i], bs[i] = g.patches[p[0]], g.parcels[p[1]]
	}
	return g, nil
}

func (g *geos) polygons(list []orb.Polygon) ([]*C.GEOSGeometry, error) {
	var made []*C.GEOSGeometry
	for i, p := range list {
		rings := make([]*C.GEOSGeometry, len(p))
		for k, r := range p {
			if rings[k] = C.ring(g.h, (*C.double)(&r[0][0]), C.uint(len(r))); rings[k] == nil {
				return made, fmt.Errorf("GEOS refuses ring %d of polygon %d", k, i)
			}
		}
		var holes **C.GEOSGeometry
		if len(rings) > 1 {
			holes = &rings[1]
		}
		polygon := C.GEOSGeom_createPolygon_r(g.h, rings[0], holes, C.uint(len(rings)-1))
		if polygon == nil {
			return made, fmt.Errorf("GEOS refuses polygon %d", i)
		}
		made = append(made, polygon)
	}
	return made, nil
}

func (g *geos) name() string { return "GEOS " + C.GoString(C.GEOSversion()) }

func (g *geos) areas(into []float64) error {
	C.commons(g.h, g.a, g.b, C.size_t(g.n), (*C.double)(&into[0]))
	for i, area := range into {
		if area < 0 {
			return fmt.Errorf("GEOS fails on pair %d", i)
		}
	}
	return nil
}

func (g *geos) close() {
	for _, list := range [][]*C.GEOSGeometry{g.patches, g.parcels} {
		for _, p := range list {
			C.GEOSGeom_destroy_r(g.h, p)
		}
	}
	C.free(unsafe.Pointer(g.a))
	C.free(unsafe.Pointer(g.b))
	C.GEOS_finish_r(g.h)
}
