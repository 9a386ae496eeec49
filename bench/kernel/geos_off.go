//go:build !geos

package kernel

// newRival returns nil: GEOS is not built in.
func newRival(*Case) (rival, error) { return nil, nil }
